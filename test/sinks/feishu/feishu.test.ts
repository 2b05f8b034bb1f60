import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { parseSink } from "../../../src/sink/index.ts";
import { feishu } from "../../../src/sinks/feishu/feishu.ts";
import { sign } from "../../../src/sinks/feishu/sign.ts";
import { anyString } from "../../support/any-string.ts";
import { describeChat } from "../../support/describe-chat.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { makeNotification, makeNotificationOf, NOTIFICATIONS } from "../../support/notifications.ts";
import { rounds } from "../../support/rounds.ts";
import { startChat } from "../../vendors/chat-vendor.ts";
import { feishu as vendor } from "../../vendors/feishu.ts";

const HOOK = "/open-apis/bot/v2/hook/x";
const REFUSED = { status: 200, body: '{"code":11246,"msg":"Failed to create card content"}' };

const Element = z.object({ tag: z.string(), content: z.string().optional() });
const Body = z.object({ card: z.object({ elements: z.array(Element) }).optional() });

/** Fails when Feishu would refuse the message, or find a mention or a tag of an Event in it. */
function expectAcceptable(body: string): void {
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(20 * 1024);
  expect(body).toContain("tocsin");
  // Tags mean something in Markdown, and mentions everywhere.
  expect(body).not.toMatch(/<\/?at\b/iu);
  const { card } = Body.parse(JSON.parse(body));
  const markdown = card?.elements.flatMap(({ tag, content = "" }) => (tag === "markdown" ? [content] : []));
  expect(markdown?.join("\n") ?? "").not.toMatch(/[<>]/u);
}

describeChat(feishu, {
  vendor,
  signedWith: (secret) => secret,
  options: ({ url }, secret) => ({ url: `${url}/open-apis/bot/v2/hook/${secret}`, secret }),
  check: (body) => expectAcceptable(body),
  states: {
    "webhook deleted": "broken",
    "address not allowed": "broken",
    "keyword missing": "broken",
    "too many requests of the app": "transient",
    "internal error": "transient",
  },
  edits: false,
});

describe("K1: a message to Feishu", () => {
  it("is signed as the vector says: time and secret are the key", () => {
    expect(sign("1599360473", "demo")).toBe("l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=");
  });

  it("has the signature of its own time in each attempt", async () => {
    const clock = new FakeClock();
    await using fake = await startChat(vendor, { clock, secret: "demo" });
    const { sink } = makeSink(
      feishu,
      { url: fake.url + HOOK, secret: { env: "SECRET" } },
      {
        clock,
        env: { SECRET: "demo" },
      },
    );
    await sendOnce(sink);
    await clock.advance(2 * 60 * 60_000);
    await sendOnce(sink);
    await sink.close();
    expect(fake.messages()).toHaveLength(2);
  });

  it("has no signature without a secret", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(feishu, { url: fake.url + HOOK });
    await sendOnce(sink);
    await sink.close();
    expect(Object.keys(JSON.parse(fake.bodies()[0] ?? ""))).toEqual(["msg_type", "card"]);
  });

  it.each(Object.entries(NOTIFICATIONS))("has the keyword, as a card and as text: %s", async (_, told) => {
    await using fake = await startChat(vendor);
    fake.script(REFUSED);
    const { sink } = makeSink(feishu, { url: fake.url + HOOK });
    await sendOnce(sink, told);
    await sink.close();
    expect(fake.bodies().map((body) => /\btocsin\b/u.test(body))).toEqual([true, true]);
  });

  it("stays within 20 KB whatever an Event says, as a card and as text", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(feishu, { url: fake.url + HOOK });
    await fc.assert(
      fc.asyncProperty(anyString(3000), fc.integer({ min: 1, max: 40 }), async (text, times) => {
        fake.reset();
        fake.script(REFUSED);
        await sendOnce(sink, makeNotificationOf(`"镜像拉取失败"\n${text}`.repeat(times)));
        expect(fake.bodies()).toHaveLength(2);
        for (const body of fake.bodies()) expectAcceptable(body);
      }),
      { numRuns: rounds(60) },
    );
    await sink.close();
  });

  it("calls only whom the configuration names, in both forms", async () => {
    await using fake = await startChat(vendor);
    const mentions = { warning: ["ou_84aad35d084aa403a838cf73ee18467", "all"] };
    const { sink } = makeSink(feishu, { url: fake.url + HOOK, mentions });
    await sendOnce(sink, makeNotification());
    fake.script(REFUSED);
    await sendOnce(sink, makeNotification());
    await sink.close();
    expect(fake.messages().map(({ pings }) => pings)).toEqual([mentions.warning, mentions.warning]);
  });

  it.each([
    ["grey", "no longer seen"],
    ["green", "resolved by an event"],
    ["orange", "first"],
  ])("has a %s head: %s", async (template, name) => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(feishu, { url: fake.url + HOOK });
    await sendOnce(sink, NOTIFICATIONS[name]);
    await sink.close();
    expect(JSON.parse(fake.bodies()[0] ?? "")).toMatchObject({ card: { header: { template } } });
  });

  it("refuses a mention that is none", () => {
    const entry = { name: "ops", type: "feishu", url: { env: "URL" }, mentions: { critical: ["<at>"] } };
    const { faults } = parseSink(entry, [feishu]);
    expect(faults.map(({ message }) => message).join()).toContain("write an open_id");
  });
});

describe("K1: the answers of Feishu, all with status 200,", () => {
  it.each([
    [{ code: 19_001, msg: "access token invalid" }, "not-found", "broken", "no such bot"],
    [{ code: 19_021, msg: "sign match fail" }, "unauthorized", "broken", "secret"],
    [{ code: 19_022, msg: "Ip Not Allowed" }, "unauthorized", "broken", "address"],
    [{ code: 19_024, msg: "Key Words Not Found" }, "unauthorized", "broken", "make one of them tocsin"],
    [{ code: 9499, msg: "Bad Request" }, "rejected", "poison", "content"],
    [{ code: 11_246, msg: "parse card json err" }, "rejected", "poison", "card"],
    [{ code: 19_002, msg: "params error" }, "rejected", "poison", "content"],
    [{ code: 19_036, msg: "request body too large" }, "too-large", "poison", "too long"],
    [{ code: 999_999, msg: "a code of tomorrow" }, "rejected", "poison", "999999"],
    [{ code: 11_232, msg: "frequency limited" }, "rate-limited", "transient", "too many"],
    [{ code: 99_991_400, msg: "trigger frequency limit" }, "rate-limited", "transient", "too many"],
    [{ code: 19_003, msg: "internal error" }, "server", "transient", "fault"],
    [{ StatusCode: 19_036, StatusMessage: "too large" }, "too-large", "poison", "too long"],
  ])("take %j as %s", async (body, failure, kind, words) => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(feishu, { url: fake.url + HOOK });
    fake.answer({ status: 200, body: JSON.stringify(body) });
    const thrown = await failureOfSending(sink);
    await sink.close();
    expect(thrown).toMatchObject({ failure, class: kind, message: expect.stringContaining(words) });
  });

  it("are an acceptance in their older form", async () => {
    await using fake = await startChat(vendor);
    const { sink, log } = makeSink(feishu, { url: fake.url + HOOK });
    fake.answer({ status: 200, body: '{"StatusCode":0,"StatusMessage":"success"}' });
    await sendOnce(sink);
    await sink.close();
    expect(log).toEqual([]);
  });
});
