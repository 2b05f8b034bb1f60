import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { dingtalk } from "../../../src/sinks/dingtalk/dingtalk.ts";
import { sign } from "../../../src/sinks/dingtalk/sign.ts";
import { STORIES } from "../../sink/present/stories.ts";
import { anyString } from "../../support/any-string.ts";
import { describeChat } from "../../support/describe-chat.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { startReceiver } from "../../support/fake-receiver.ts";
import { makeNotification, makeNotificationOf } from "../../support/notifications.ts";
import { paceOf } from "../../support/pace-of.ts";
import { rounds } from "../../support/rounds.ts";
import { dingtalk as vendor } from "../../vendors/dingtalk.ts";

const YES = { status: 200, body: '{"errcode":0,"errmsg":"ok"}' };
const startDingtalk = () => startReceiver(YES);

const At = z.strictObject({
  atMobiles: z.array(z.string()),
  atUserIds: z.array(z.string()),
  isAtAll: z.boolean(),
});
const Body = z.discriminatedUnion("msgtype", [
  z.strictObject({
    msgtype: z.literal("markdown"),
    markdown: z.strictObject({ title: z.string().min(1).max(120), text: z.string().min(1).max(5000) }),
    at: At,
  }),
  z.strictObject({
    msgtype: z.literal("text"),
    text: z.strictObject({ content: z.string().min(1).max(5000) }),
    at: At,
  }),
]);

/** Fails when DingTalk would refuse the message, or when something of an Event is live in it. */
function expectAcceptable(body: string): void {
  const message = Body.parse(JSON.parse(body));
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(20_000);
  const text = message.msgtype === "markdown" ? message.markdown.text : message.text.content;
  const words = text.replaceAll(/\[(?:Runbook|Dashboard|Silence|Details)\]\([^()\s]*\)/gu, "");
  // Text has no links, so that signs of Markdown in it mean nothing.
  const live = message.msgtype === "markdown" ? /(?<!\\)\]\(|(?<!\\)!\[/u : /^$/u;
  expect(words).not.toMatch(live);
  expect(words).not.toMatch(/@[\p{L}\p{N}]|(?<!: https?):\/\//u);
}

describeChat(dingtalk, {
  vendor,
  accepts: YES,
  signedWith: (secret) => `SEC${secret}`,
  options: ({ url }, secret) => ({ url: `${url}/robot/send?access_token=${secret}`, secret: `SEC${secret}` }),
  check: (body) => expectAcceptable(body),
  states: {
    "wrong token": "broken",
    "robot stopped": "broken",
    "group dissolved": "broken",
    "robot missing": "broken",
    "keyword missing": "broken",
    "address not allowed": "broken",
    busy: "transient",
  },
  edits: false,
});

describe("K1: a message to DingTalk", () => {
  it("is signed as the vector says", () => {
    expect(sign("1577262236757", "SECtest")).toBe("Za/ne6w2koB8B4ROVlgTNd/X+/FbyDpZrXLz57xNZSA=");
  });

  it("has the signature of its own time, encoded, in each attempt", async () => {
    await using receiver = await startDingtalk();
    const clock = new FakeClock();
    const options = { url: `${receiver.url}/robot/send?access_token=abc%2Fd`, secret: "SECtest" };
    const { sink } = makeSink(dingtalk, options, { clock });
    await sendOnce(sink);
    await clock.advance(5000);
    await sendOnce(sink);
    await sink.close();
    const times = receiver.requests.map(({ path }) => {
      const query = new URL(path, "http://x").searchParams;
      const [timestamp, signature] = [query.get("timestamp") ?? "", query.get("sign")];
      expect(path).toMatch(/^\/robot\/send\?access_token=abc%2Fd&timestamp=\d+&sign=[\w%]+$/u);
      expect(signature).toBe(sign(timestamp, "SECtest"));
      return Number(timestamp);
    });
    expect(times).toEqual([clock.now() - 5000, clock.now()]);
  });

  it("has no signature without a secret", async () => {
    await using receiver = await startDingtalk();
    const { sink } = makeSink(dingtalk, { url: `${receiver.url}/send?access_token=a` });
    await sendOnce(sink);
    await sink.close();
    expect(receiver.requests.map(({ path }) => path)).toEqual(["/send?access_token=a"]);
  });

  it("never is one of more than 20 in any minute", () => {
    const { inAll, most } = paceOf(dingtalk);
    expect(most).toBeLessThanOrEqual(20);
    expect(inAll).toBeGreaterThan(30);
  });

  it.each(Object.entries(STORIES))("is accepted: %s", async (_, told) => {
    await using receiver = await startDingtalk();
    const { sink } = makeSink(dingtalk, { url: receiver.url });
    await sendOnce(sink, told);
    await sink.close();
    for (const body of receiver.bodies()) expectAcceptable(body);
  });

  it("stays within every limit whatever an Event says, in bytes too", async () => {
    await using receiver = await startDingtalk();
    const { sink } = makeSink(dingtalk, { url: receiver.url });
    await fc.assert(
      fc.asyncProperty(anyString(3000), fc.integer({ min: 1, max: 40 }), async (text, times) => {
        receiver.reset();
        await sendOnce(sink, makeNotificationOf(`镜像拉取失败${text}`.repeat(times)));
        for (const body of receiver.bodies()) expectAcceptable(body);
      }),
      { numRuns: rounds(60) },
    );
    await sink.close();
  });

  it("names whom it mentions in the text and beside it", async () => {
    await using receiver = await startDingtalk();
    const mentions = { warning: ["13800138000", "user:manager7", "all"] };
    const { sink } = makeSink(dingtalk, { url: receiver.url, mentions });
    await sendOnce(sink, makeNotification());
    await sink.close();
    expect(JSON.parse(receiver.bodies()[0] ?? "")).toMatchObject({
      markdown: { text: expect.stringMatching(/ @13800138000 @manager7 @all {2}\n/u) },
      at: { atMobiles: ["13800138000"], atUserIds: ["manager7"], isAtAll: true },
    });
  });

  it("is plain text after a refusal of its content", async () => {
    await using receiver = await startDingtalk();
    receiver.script({ status: 200, body: '{"errcode":400105,"errmsg":"msgtype not supported"}' });
    const { sink } = makeSink(dingtalk, { url: receiver.url });
    await sendOnce(sink);
    await sink.close();
    const types = receiver.bodies().map((body) => Body.parse(JSON.parse(body)).msgtype);
    expect(types).toEqual(["markdown", "text"]);
  });
});

describe("K1: the answers of DingTalk, all with status 200,", () => {
  it.each([
    [{ errcode: 310_000, errmsg: "sign not match" }, "unauthorized", "broken", "sign not match"],
    [{ errcode: 310_000, errmsg: "keywords not in content" }, "unauthorized", "broken", "keywords"],
    [{ errcode: 300_001, errmsg: "token is not exist" }, "unauthorized", "broken", "access_token"],
    [{ errcode: 400_102, errmsg: "robot stopped" }, "gone", "broken", "switched off"],
    [{ errcode: 430_104, errmsg: "bad words" }, "rejected", "poison", "content is refused"],
    [{ errcode: 460_101, errmsg: "message too long" }, "too-large", "poison", "too long"],
    [{ errcode: 999_999, errmsg: "a code of tomorrow" }, "rejected", "poison", "999999"],
    [{ errcode: -1, errmsg: "system busy" }, "server", "transient", "busy"],
  ])("take %j as %s", async (body, failure, kind, words) => {
    await using receiver = await startDingtalk();
    receiver.answer({ status: 200, body: JSON.stringify(body) });
    const { sink } = makeSink(dingtalk, { url: receiver.url });
    const thrown = await failureOfSending(sink);
    await sink.close();
    expect(thrown).toMatchObject({ failure, class: kind, message: expect.stringContaining(words) });
  });

  it("wait ten seconds when it is busy", async () => {
    await using receiver = await startDingtalk();
    receiver.answer({ status: 200, body: JSON.stringify({ errcode: -1, errmsg: "系统繁忙" }) });
    const { sink } = makeSink(dingtalk, { url: receiver.url });
    const thrown = await failureOfSending(sink);
    await sink.close();
    expect(thrown).toMatchObject({ class: "transient", retryAfterMs: 10_000 });
  });

  it.each([
    { errcode: 130_101, errmsg: "send too fast, exceed 20 times per minute" },
    { errcode: 410_100, errmsg: "send too fast" },
    { status: 1111, punish: "deny", wait: 1, source: "x5" },
  ])("wait ten minutes after %j", async (body) => {
    await using receiver = await startDingtalk();
    receiver.answer({ status: 200, body: JSON.stringify(body) });
    const { sink } = makeSink(dingtalk, { url: receiver.url });
    const thrown = await failureOfSending(sink);
    await sink.close();
    expect(thrown).toMatchObject({ failure: "rate-limited", class: "transient", retryAfterMs: 600_000 });
  });
});
