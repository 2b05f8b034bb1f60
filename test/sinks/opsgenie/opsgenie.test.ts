import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseSink } from "../../../src/sink/index.ts";
import { opsgenie } from "../../../src/sinks/opsgenie/opsgenie.ts";
import { STORIES } from "../../sink/present/stories.ts";
import { anyString } from "../../support/any-string.ts";
import { describeSink, failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import {
  makeLongest,
  makeNotification,
  makeNotificationOf,
  NOTIFICATIONS,
} from "../../support/notifications.ts";
import { rounds } from "../../support/rounds.ts";
import { type FakeChat, startChat } from "../../vendors/chat-vendor.ts";
import { opsgenie as vendor } from "../../vendors/opsgenie.ts";

/** Fails when what people read has a control character. */
function expectReadable(body: string): void {
  expect(body).not.toMatch(/(?<!\\)\\u00[01]|[\u202A-\u202E\u2066-\u2069]/u);
}

describeSink(opsgenie, {
  receiver: () => startChat(vendor, { anyPath: true }),
  options: ({ url }, secret) => ({ url, key: secret }),
  authorization: (secret) => `GenieKey ${secret}`,
  check: (body) => expectReadable(body),
});

async function withAlerts(
  options: Readonly<Record<string, unknown>>,
  run: (sink: ReturnType<typeof makeSink>["sink"], fake: FakeChat) => Promise<void>,
): Promise<void> {
  await using fake = await startChat(vendor, { secret: "key-1" });
  const { sink } = makeSink(opsgenie, { key: "key-1", url: `${fake.url}/jsm/ops/integration`, ...options });
  try {
    await run(sink, fake);
  } finally {
    await sink.close();
  }
}

describe("O1: an alert in Jira Service Management", () => {
  it("is opened once by all news of a group, and closed by its end", async () => {
    await withAlerts({}, async (sink, fake) => {
      await sendOnce(sink, makeNotification());
      await sendOnce(sink, makeNotification({ kind: "repeat", trigger: "repeat" }));
      expect(fake.messages().map(({ state }) => state)).toEqual(["open"]);
      await sendOnce(sink, NOTIFICATIONS["resolved by an event"]);
      expect(fake.messages().map(({ state }) => state)).toEqual(["closed"]);
      expect([fake.losses(), fake.ignored()]).toEqual([[], []]);
    });
  });

  it("is another one for another cluster", async () => {
    await withAlerts({}, async (sink, fake) => {
      await sendOnce(sink, makeNotification());
      await sendOnce(sink, makeNotification({ cluster: "prod-us1" }));
      expect(fake.messages()).toHaveLength(2);
    });
  });

  it("has priority, responders, tags and details", async () => {
    const responders = [{ type: "team", name: "ops" }];
    await withAlerts({ priorities: { warning: "P2" }, responders }, async (sink, fake) => {
      await sendOnce(sink, STORIES["firing"]);
      expect(JSON.parse(fake.bodies()[0] ?? "")).toMatchObject({
        message: "Image cannot be pulled: Deployment web in shop",
        priority: "P2",
        responders,
        entity: "Deployment/web",
        source: "Tocsin prod-eu1",
        tags: ["warning", "image-pull-failing", "prod-eu1"],
        details: { namespace: "shop", reason: "BackOff", Runbook: "https://runbooks.example/image-pull" },
        description: expect.stringContaining("Back-off pulling image"),
      });
    });
  });

  it.each(Object.entries({ ...STORIES, ...NOTIFICATIONS }))("is accepted: %s", async (_, told) => {
    await withAlerts({}, async (sink, fake) => {
      await sendOnce(sink, told);
      expect(fake.bodies()).toHaveLength(1);
      expect(fake.ignored()).toEqual([]);
    });
  });

  it.each(['*"\\\\', "中文é", "<&>"])("is taken with what is longest in each part, of %j", async (sign) => {
    await withAlerts({}, async (sink, fake) => {
      await sendOnce(sink, makeLongest(sign));
      expect([fake.messages().length, fake.bodies().length, fake.losses()]).toEqual([1, 1, []]);
    });
  });

  it("stays within every limit whatever an Event says", async () => {
    await withAlerts({}, async (sink, fake) => {
      await fc.assert(
        fc.asyncProperty(anyString(6000), fc.integer({ min: 1, max: 40 }), async (text, times) => {
          fake.reset();
          await sendOnce(sink, makeNotificationOf(text.repeat(times)));
          expect(fake.bodies()).toHaveLength(1);
        }),
        { numRuns: rounds(40) },
      );
    });
  });
});

describe("answers of Jira Service Management", () => {
  it.each([
    ["wrong key", "broken"],
    ["no right to write", "broken"],
    ["key is wrong in form", "broken"],
    ["account closed", "broken"],
    ["unavailable", "transient"],
  ])("in the state %s are %s", async (word, kind) => {
    await withAlerts({}, async (sink, fake) => {
      fake.fault({ word });
      expect((await failureOfSending(sink)).class).toBe(kind);
    });
  });

  it("that throttle say how long", async () => {
    await withAlerts({}, async (sink, fake) => {
      fake.answer({
        status: 429,
        headers: { "x-ratelimit-period-in-sec": "60" },
        body: '{"message":"You are making too many requests!"}',
      });
      expect(await failureOfSending(sink)).toMatchObject({ failure: "rate-limited", retryAfterMs: 60_000 });
    });
  });

  it("that refuse an alert get it once more with what it needs alone", async () => {
    await withAlerts({}, async (sink, fake) => {
      fake.script({
        status: 422,
        body: '{"message":"Request body is not processable.","errors":{"tags":"no"}}',
      });
      await sendOnce(sink);
      expect(fake.bodies().map((body) => body.includes("description"))).toEqual([true, false]);
    });
  });
});

describe("the options", () => {
  const faultsOf = (options: object): string =>
    parseSink({ name: "oncall", type: "opsgenie", key: { env: "KEY" }, ...options }, [opsgenie])
      .faults.map(({ level, message }) => `${level}: ${message}`)
      .join();

  it("warn of Opsgenie, which ends", () => {
    expect(faultsOf({ url: "https://api.eu.opsgenie.com" })).toMatch(
      /warning: Opsgenie ends on 5 April 2027/u,
    );
    expect(faultsOf({})).toBe("");
  });

  it.each([
    [{ priorities: { critical: "high" } }, /P1 \(the highest\) to P5/u],
    [{ responders: [{ type: "team" }] }, /one of id, name/u],
    [{ responders: [{ type: "team", id: "1", name: "ops" }] }, /one of id, name/u],
  ])("refuse %j", (wrong, message) => {
    expect(faultsOf(wrong)).toMatch(message);
  });
});
