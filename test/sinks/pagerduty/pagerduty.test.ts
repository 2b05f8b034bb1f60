import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseSink } from "../../../src/sink/index.ts";
import { pagerduty } from "../../../src/sinks/pagerduty/pagerduty.ts";
import { STORIES } from "../../sink/present/stories.ts";
import { anyString } from "../../support/any-string.ts";
import { describeSink, failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import {
  makeAlert,
  makeLongest,
  makeNotification,
  makeNotificationOf,
  NOTIFICATIONS,
} from "../../support/notifications.ts";
import { rounds } from "../../support/rounds.ts";
import { type FakeChat, startChat } from "../../vendors/chat-vendor.ts";
import { pagerduty as vendor } from "../../vendors/pagerduty.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const PAY_KEY = "fedcba9876543210fedcba9876543210";

interface SentEvent {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly routing_key: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

// The body that arrived is what `toEvent` makes.
const parse = (body: string): SentEvent => JSON.parse(body) as SentEvent;

/** Fails when the event has a control character in what people read, or a key that PagerDuty would refuse. */
function expectReadable(body: string): void {
  const event = parse(body);
  expect(event.dedup_key.length).toBeLessThanOrEqual(255);
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(512_000);
  const texts = Object.values(event.payload).filter((value) => typeof value === "string");
  expect(texts.join("")).not.toMatch(/\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u);
}

describeSink(pagerduty, {
  receiver: () => startChat(vendor, { anyPath: true }),
  options: ({ url }, secret) => ({ url, routingKey: secret.padEnd(32, "0") }),
  check: (body) => expectReadable(body),
});

async function withPagerDuty(
  options: Readonly<Record<string, unknown>>,
  run: (sink: ReturnType<typeof makeSink>["sink"], fake: FakeChat) => Promise<void>,
): Promise<void> {
  await using fake = await startChat(vendor);
  const { sink } = makeSink(pagerduty, { routingKey: KEY, url: fake.url, ...options });
  try {
    await run(sink, fake);
  } finally {
    await sink.close();
  }
}

describe("P1: an alert in PagerDuty", () => {
  it("is opened once by all news of a group, and closed by its end", async () => {
    await withPagerDuty({}, async (sink, fake) => {
      await sendOnce(sink, makeNotification());
      await sendOnce(sink, makeNotification({ kind: "update", trigger: "new-alert" }));
      await sendOnce(sink, makeNotification({ kind: "repeat", trigger: "repeat" }));
      expect(fake.messages().map(({ state, edits }) => [state, edits])).toEqual([["open", 2]]);
      await sendOnce(sink, NOTIFICATIONS["resolved by an event"]);
      expect(fake.messages().map(({ state }) => state)).toEqual(["closed"]);
      expect(fake.losses()).toEqual([]);
      expect(fake.ignored()).toEqual([]);
    });
  });

  it("is another one for another group, and for the same group of another cluster", async () => {
    await withPagerDuty({}, async (sink, fake) => {
      const { group } = makeNotification();
      await sendOnce(sink, makeNotification());
      await sendOnce(sink, makeNotification({ group: { ...group, key: "other" } }));
      await sendOnce(sink, makeNotification({ cluster: "prod-us1" }));
      expect(fake.messages()).toHaveLength(3);
    });
  });

  it("says what happened, where, and what to do, under names that people know", async () => {
    await withPagerDuty({}, async (sink, fake) => {
      await sendOnce(sink, STORIES["firing"]);
      const [body = ""] = fake.bodies();
      expect(JSON.parse(body)).toMatchObject({
        event_action: "trigger",
        payload: {
          summary: "warning · Image cannot be pulled: Deployment web in shop — prod-eu1",
          source: "Deployment/web",
          severity: "warning",
          timestamp: "2026-06-01T10:00:00.000Z",
          group: "shop",
          class: "BackOff",
          custom_details: {
            message: expect.stringContaining("Back-off pulling image"),
            command: "kubectl -n shop describe pod web-1",
          },
        },
        links: expect.arrayContaining([expect.objectContaining({ text: "Runbook" })]),
      });
    });
  });

  it.each(Object.entries(STORIES))("is accepted: %s", async (_, told) => {
    await withPagerDuty({}, async (sink, fake) => {
      await sendOnce(sink, told);
      expect(fake.bodies()).toHaveLength(1);
      expect(fake.ignored()).toEqual([]);
    });
  });

  it.each(['*"\\\\', "中文é", "<&>"])("is taken with what is longest in each part, of %j", async (sign) => {
    await withPagerDuty({}, async (sink, fake) => {
      await sendOnce(sink, makeLongest(sign));
      expect([fake.messages().length, fake.bodies().length, fake.losses()]).toEqual([1, 1, []]);
    });
  });

  it("stays within every limit whatever an Event says", async () => {
    await withPagerDuty({}, async (sink, fake) => {
      await fc.assert(
        fc.asyncProperty(anyString(6000), fc.integer({ min: 1, max: 40 }), async (text, times) => {
          fake.reset();
          await sendOnce(sink, makeNotificationOf(text.repeat(times)));
          expect(fake.bodies()).toHaveLength(1);
          expectReadable(fake.bodies()[0] ?? "");
        }),
        { numRuns: rounds(60) },
      );
    });
  });

  it("has the severity that the options give", async () => {
    await withPagerDuty({ severities: { warning: "error" } }, async (sink, fake) => {
      await sendOnce(sink, makeNotification());
      await sendOnce(sink, makeNotification({ severity: "critical" }));
      expect(fake.bodies().map((body) => parse(body).payload["severity"])).toEqual(["error", "critical"]);
    });
  });
});

describe("the routing key", () => {
  const byTeam = { by: "team", of: { pay: PAY_KEY }, else: KEY };
  const ofTeam = (team: string) => {
    const { labels, ...alert } = makeAlert();
    return makeNotification({ alerts: [{ ...alert, labels: { ...labels, team } }] });
  };

  it("is chosen by a label out of the configured ones, whatever the label says", async () => {
    await withPagerDuty({ routingKey: byTeam }, async (sink, fake) => {
      for (const team of ["pay", "shop", "else", "__proto__", "by"]) await sendOnce(sink, ofTeam(team));
      const keys = fake.bodies().map((body) => parse(body).routing_key);
      expect(keys).toEqual([PAY_KEY, KEY, KEY, KEY, KEY]);
    });
  });

  it("names a destination with a pace of its own, and is the label of its groups", () => {
    const { sink } = parseSink({ name: "oncall", type: "pagerduty", routingKey: byTeam }, [pagerduty]);
    expect(sink?.common.chooses?.label).toBe("team");
    expect(sink?.common.merges).toBe(false);
    const names = ["pay", "shop"].map((team) =>
      pagerduty.destinationOf?.(ofTeam(team), sink?.options as never),
    );
    expect(names).toEqual(["pay", "else"]);
  });

  it("is a secret in each of its places", () => {
    const { faults } = parseSink({ name: "oncall", type: "pagerduty", routingKey: byTeam }, [pagerduty]);
    expect(faults.map(({ level, path }) => `${level} ${path.join(".")}`).toSorted()).toEqual([
      "warning routingKey.else",
      "warning routingKey.of.pay",
    ]);
  });

  it("is named when PagerDuty does not know it: the sink is broken, and not the message", async () => {
    await withPagerDuty({}, async (sink, fake) => {
      fake.fault({ word: "wrong key" });
      const failure = await failureOfSending(sink);
      expect(failure).toMatchObject({ failure: "unauthorized", class: "broken" });
      expect(failure.message).toMatch(/integration key/u);
    });
    await withPagerDuty({ routingKey: "short" }, async (sink) => {
      expect(await failureOfSending(sink)).toMatchObject({ failure: "unauthorized", class: "broken" });
    });
  });
});

describe("answers of PagerDuty", () => {
  it("that refuse a message get it once more without details", async () => {
    await withPagerDuty({}, async (sink, fake) => {
      fake.script({ status: 400, body: '{"status":"invalid event","message":"Event object is invalid"}' });
      await sendOnce(sink, STORIES["firing"]);
      const details = fake.bodies().map((body) => Object.hasOwn(parse(body).payload, "custom_details"));
      expect(details).toEqual([true, false]);
    });
  });

  it("that throttle, or fail, are tried again later", async () => {
    await withPagerDuty({}, async (sink, fake) => {
      fake.fault({ word: "internal error" });
      expect(await failureOfSending(sink)).toMatchObject({ class: "transient" });
      fake.answer({ status: 429, body: '{"status":"throttle exceeded","message":"Retry later."}' });
      expect(await failureOfSending(sink)).toMatchObject({ failure: "rate-limited", class: "transient" });
    });
  });
});
