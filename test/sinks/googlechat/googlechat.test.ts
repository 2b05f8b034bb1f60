import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { mergeNotifications } from "../../../src/alert/index.ts";
import { parseSink } from "../../../src/sink/index.ts";
import { googlechat } from "../../../src/sinks/googlechat/googlechat.ts";
import { anyString } from "../../support/any-string.ts";
import { describeChat } from "../../support/describe-chat.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import {
  makeLongest,
  makeNotification,
  makeNotificationOf,
  NOTIFICATIONS,
} from "../../support/notifications.ts";
import { rounds } from "../../support/rounds.ts";
import { sendToEnd } from "../../support/send-to-end.ts";
import { type FakeChat, startChat } from "../../vendors/chat-vendor.ts";
import { googlechat as vendor } from "../../vendors/googlechat.ts";

const hook = (url: string, token = "t"): string => `${url}/v1/spaces/AAAA/messages?key=k&token=${token}`;

describeChat(googlechat, {
  vendor,
  options: ({ url }, secret) => ({ url: hook(url, secret) }),
  check: (body) => expect(Buffer.byteLength(body)).toBeLessThanOrEqual(32_000),
  states: {
    "wrong token": "broken",
    "webhook deleted": "broken",
    "no right to write": "broken",
    "internal error": "transient",
    unavailable: "transient",
  },
  edits: false,
});

async function withChat(
  options: Readonly<Record<string, unknown>>,
  run: (sink: ReturnType<typeof makeSink>["sink"], fake: FakeChat) => Promise<void>,
): Promise<void> {
  await using fake = await startChat(vendor);
  const { sink } = makeSink(googlechat, { url: hook(fake.url), ...options });
  try {
    await run(sink, fake);
  } finally {
    await sink.close();
  }
}

describe("C1: a message to Google Chat", () => {
  it("is in one thread with all news of its group, and in another one with the next problem", async () => {
    await withChat({}, async (sink, fake) => {
      const memory = await sendToEnd(sink, makeNotification());
      const later = await sendToEnd(
        sink,
        makeNotification({ id: "2", kind: "repeat", trigger: "repeat" }),
        memory,
      );
      const { id: _, ...end } = NOTIFICATIONS["resolved by an event"] ?? makeNotification();
      const none = await sendToEnd(sink, { ...end, id: "3" }, later);
      await sendToEnd(sink, makeNotification({ id: "4", startsAt: "2026-06-02T10:00:00.000Z" }), none);
      const threads = fake.messages().map(({ thread }) => thread);
      expect(new Set(threads.slice(0, 3)).size).toBe(1);
      expect(threads[3]).not.toBe(threads[0]);
      expect(threads).toHaveLength(4);
    });
  });

  it("finds its thread again when the memory of it is lost", async () => {
    await withChat({}, async (sink, fake) => {
      await sendToEnd(sink, makeNotification());
      await sendToEnd(sink, makeNotification({ id: "2", kind: "repeat", trigger: "repeat" }));
      const threads = fake.messages().map(({ thread }) => thread);
      expect(new Set(threads).size).toBe(1);
    });
  });

  it("is there once when it was sent twice, because its answer was lost", async () => {
    await withChat({}, async (sink, fake) => {
      fake.fault("cut after");
      await failureOfSending(sink).catch(() => undefined);
      await sendOnce(sink);
      expect(fake.messages()).toHaveLength(1);
    });
  });

  it("tells a group that joins a message after an attempt whose answer was lost", async () => {
    await withChat({}, async (sink, fake) => {
      const told = makeNotification();
      const merged = mergeNotifications([
        told,
        makeNotification({ id: "b", group: { key: "b", labels: {} } }),
      ]);
      await sendOnce(sink, told);
      await sendOnce(sink, merged);
      await sendOnce(sink, merged);
      expect(fake.messages()).toHaveLength(2);
    });
  });

  it("has at most 32,000 bytes, whatever an Event says", async () => {
    await withChat({}, async (sink, fake) => {
      await fc.assert(
        fc.asyncProperty(anyString(6000), fc.integer({ min: 1, max: 40 }), async (text, times) => {
          fake.reset();
          await sendOnce(sink, makeNotificationOf(`镜像${text}`.repeat(times)));
          expect(fake.bodies()).toHaveLength(1);
          for (const body of fake.bodies()) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(32_000);
        }),
        { numRuns: rounds(40) },
      );
    });
  });

  it.each(['*"\\', "中文é", "<&>"])(
    "has its links with what is longest in each part, of %j",
    async (sign) => {
      await withChat({}, async (sink, fake) => {
        await sendOnce(sink, makeLongest(sign));
        expect(Buffer.byteLength(fake.bodies()[0] ?? "")).toBeLessThanOrEqual(32_000);
        expect(fake.bodies()[0]?.match(/openLink/gu)).toHaveLength(4);
      });
    },
  );

  it("calls only whom the configuration names", async () => {
    await withChat({ mentions: { warning: ["<users/all>"] } }, async (sink, fake) => {
      await sendOnce(sink, makeNotification());
      expect(fake.messages().map(({ pings }) => pings)).toEqual([["<users/all>"]]);
    });
  });

  it("is text alone after a refusal of its card", async () => {
    await withChat({}, async (sink, fake) => {
      fake.script({ status: 400, body: '{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}' });
      await sendOnce(sink);
      expect(fake.bodies().map((body) => body.includes("cardsV2"))).toEqual([true, false]);
    });
  });

  it("refuses other mentions", () => {
    const mentions = { critical: ["@all"] };
    const { faults } = parseSink({ name: "ops", type: "googlechat", url: { env: "URL" }, mentions }, [
      googlechat,
    ]);
    expect(faults.map(({ message }) => message).join()).toMatch(/<users\/all>/u);
  });
});
