import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseSink } from "../../../src/sink/index.ts";
import { ntfy } from "../../../src/sinks/ntfy/ntfy.ts";
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
import { ntfy as vendor } from "../../vendors/ntfy.ts";

function expectReadable(body: string): void {
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(8192);
  expect(body).not.toMatch(/(?<!\\)\\u00[01]|[\u202A-\u202E\u2066-\u2069]/u);
}

describeSink(ntfy, {
  receiver: () => startChat(vendor, { anyPath: true }),
  options: ({ url }, secret) => ({ url, topic: "alerts", token: secret }),
  check: (body) => expectReadable(body),
});

async function withNtfy(
  options: Readonly<Record<string, unknown>>,
  run: (sink: ReturnType<typeof makeSink>["sink"], fake: FakeChat) => Promise<void>,
): Promise<void> {
  await using fake = await startChat(vendor, { secret: "tk_1" });
  const { sink } = makeSink(ntfy, { topic: "alerts", token: "tk_1", url: fake.url, ...options });
  try {
    await run(sink, fake);
  } finally {
    await sink.close();
  }
}

describe("a notification of ntfy", () => {
  it("is one for each group, brought up to date in its place", async () => {
    await withNtfy({}, async (sink, fake) => {
      await sendOnce(sink, makeNotification());
      await sendOnce(sink, makeNotification({ kind: "repeat", trigger: "repeat" }));
      await sendOnce(sink, NOTIFICATIONS["resolved by an event"]);
      expect(fake.messages().map(({ edits, text }) => [edits, text.includes("🟢")])).toEqual([[2, true]]);
      await sendOnce(sink, makeNotification({ cluster: "prod-us1" }));
      expect(fake.messages()).toHaveLength(2);
    });
  });

  it("wakes people by its severity, and nobody by its end", async () => {
    await withNtfy({ priorities: { warning: 3 } }, async (sink, fake) => {
      for (const severity of ["critical", "warning", "info"] as const)
        await sendOnce(sink, makeNotification({ severity }));
      await sendOnce(sink, NOTIFICATIONS["resolved by an event"]);
      // The body that arrived is what the sink makes.
      const sent = fake.bodies().map((body) => JSON.parse(body) as { readonly priority: number });
      expect(sent.map(({ priority }) => priority)).toEqual([5, 3, 2, 2]);
    });
  });

  it.each(Object.entries({ ...STORIES, ...NOTIFICATIONS }))("is taken as it is: %s", async (_, told) => {
    await withNtfy({}, async (sink, fake) => {
      await sendOnce(sink, told);
      expect([fake.messages().length, fake.ignored(), fake.losses()]).toEqual([1, [], []]);
    });
  });

  it.each(['*"\\\\', "中文é", "<&>"])("is taken with what is longest in each part, of %j", async (sign) => {
    await withNtfy({}, async (sink, fake) => {
      await sendOnce(sink, makeLongest(sign));
      expect([fake.messages().length, fake.bodies().length, fake.losses()]).toEqual([1, 1, []]);
    });
  });

  it("stays within every limit whatever an Event says", async () => {
    await withNtfy({}, async (sink, fake) => {
      await fc.assert(
        fc.asyncProperty(anyString(6000), fc.integer({ min: 1, max: 40 }), async (text, times) => {
          fake.reset();
          await sendOnce(sink, makeNotificationOf(`镜像${text}`.repeat(times)));
          expect(fake.bodies()).toHaveLength(1);
          for (const body of fake.bodies()) expectReadable(body);
        }),
        { numRuns: rounds(40) },
      );
      expect(fake.losses()).toEqual([]);
    });
  });

  it("has no address of an Event that an app could make a link of", async () => {
    await withNtfy({}, async (sink, fake) => {
      await sendOnce(sink, makeNotificationOf("see https://evil.example/x or www.evil.example"));
      const [body = ""] = fake.bodies();
      expect(body).toContain("evil.example");
      expect(body).not.toMatch(/:\/\/evil|www\.evil/u);
    });
  });

  it("is plain after a refusal of its buttons", async () => {
    await withNtfy({}, async (sink, fake) => {
      fake.script({
        status: 400,
        body: '{"code":40018,"http":400,"error":"invalid request: actions invalid"}',
      });
      await sendOnce(sink);
      expect(fake.bodies().map((body) => body.includes("actions"))).toEqual([true, false]);
    });
  });

  it.each([
    ["unauthorized", "broken"],
    ["forbidden", "broken"],
    ["daily messages used up", "transient"],
    ["internal error", "transient"],
  ])("in the state %s is %s", async (word, kind) => {
    await withNtfy({}, async (sink, fake) => {
      fake.fault({ word });
      expect((await failureOfSending(sink)).class).toBe(kind);
    });
  });

  it.each([
    [{ topic: "my topic" }, /letters, digits/u],
    [{ topic: "ops", priorities: { critical: 6 } }, /5/u],
  ])("refuses %j", (wrong, message) => {
    const { faults } = parseSink({ name: "ops", type: "ntfy", ...wrong }, [ntfy]);
    expect(faults.map((fault) => fault.message).join()).toMatch(message);
  });
});
