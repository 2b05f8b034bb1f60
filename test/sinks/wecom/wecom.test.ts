import { describe, expect, it } from "vitest";
import { z } from "zod";

import { parseSink } from "../../../src/sink/index.ts";
import { wecom } from "../../../src/sinks/wecom/wecom.ts";
import { describeChat } from "../../support/describe-chat.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { makeNotification } from "../../support/notifications.ts";
import { paceOf } from "../../support/pace-of.ts";
import { sendAnything } from "../../support/send-anything.ts";
import { startChat } from "../../vendors/chat-vendor.ts";
import { wecom as vendor } from "../../vendors/wecom.ts";

const HOOK = "/cgi-bin/webhook/send?key=x";
const REFUSED = { status: 200, body: '{"errcode":40008,"errmsg":"invalid message type"}' };

const Body = z.discriminatedUnion("msgtype", [
  z.strictObject({
    msgtype: z.literal("markdown"),
    markdown: z.strictObject({ content: z.string().min(1) }),
  }),
  z.strictObject({
    msgtype: z.literal("text"),
    text: z.strictObject({ content: z.string().min(1), mentioned_list: z.array(z.string()).optional() }),
  }),
]);

/** Fails when WeCom would refuse the message, or when something of an Event is live in it. */
function expectAcceptable(body: string): void {
  const message = Body.parse(JSON.parse(body));
  const isMarkdown = message.msgtype === "markdown";
  const content = isMarkdown ? message.markdown.content : message.text.content;
  expect(Buffer.byteLength(content)).toBeLessThanOrEqual(isMarkdown ? 4096 : 2048);
  // An escaped sign of any alphabet is refused.
  expect(body.replaceAll("\\\\", "")).not.toContain("\\u");
  const words = content.replaceAll(/\[(?:Runbook|Dashboard|Silence|Details)\]\([^()\s]*\)/gu, "");
  expect(words).not.toMatch(isMarkdown ? /<[a-z@/!]|\]\(/iu : /<[@]\w/u);
}

describeChat(wecom, {
  vendor,
  accepts: { status: 200, body: '{"errcode":0,"errmsg":"ok"}' },
  options: ({ url }, secret) => ({ url: `${url}/cgi-bin/webhook/send?key=${secret}` }),
  check: (body) => expectAcceptable(body),
  states: { "wrong key": "broken", busy: "transient", "robot removed": "broken" },
  edits: false,
});

describe("K1: a message to WeCom", () => {
  it("stays within its bytes whatever an Event says, as Markdown and as text", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(wecom, { url: fake.url + HOOK });
    await sendAnything(sink, fake, { check: expectAcceptable, prefix: "`镜像拉取失败`\n", refused: REFUSED });
    await sink.close();
  });

  it("never is one of more than 20 in any minute", () => {
    const { inAll, most } = paceOf(wecom);
    expect(most).toBeLessThanOrEqual(20);
    expect(inAll).toBeGreaterThan(30);
  });

  it("calls only whom the configuration names, in both forms", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(wecom, { url: fake.url + HOOK, mentions: { warning: ["wangqing", "li.na"] } });
    await sendOnce(sink, makeNotification());
    fake.script(REFUSED);
    await sendOnce(sink, makeNotification());
    await sink.close();
    expect(fake.messages().map(({ pings }) => pings)).toEqual([
      ["<@wangqing>", "<@li.na>"],
      ["wangqing", "li.na"],
    ]);
  });

  it.each(["all", "@all", "two words", "<@x>"])("refuses %s as a mention", (mention) => {
    const entry = { name: "ops", type: "wecom", url: { env: "URL" }, mentions: { critical: [mention] } };
    const { faults } = parseSink(entry, [wecom]);
    expect(faults.map(({ message }) => message).join()).toContain("write a member's userid");
  });
});

describe("K1: the answers of WeCom, all with status 200,", () => {
  it.each([
    [{ errcode: 93_000, errmsg: "invalid webhook url" }, "not-found", "broken", "no such robot"],
    [{ errcode: 93_004, errmsg: "robot disabled" }, "gone", "broken", "switched off"],
    [{ errcode: 93_008, errmsg: "not in group" }, "gone", "broken", "not in the group"],
    [{ errcode: 40_008, errmsg: "invalid message type" }, "rejected", "poison", "content"],
    [{ errcode: 40_033, errmsg: "invalid charset" }, "rejected", "poison", "content"],
    [{ errcode: 40_058, errmsg: "invalid Request Parameter" }, "rejected", "poison", "content"],
    [{ errcode: 44_004, errmsg: "empty content" }, "rejected", "poison", "content"],
    [{ errcode: 45_002, errmsg: "content size out of limit" }, "too-large", "poison", "too long"],
    [{ errcode: 999_999, errmsg: "a code of tomorrow" }, "rejected", "poison", "999999"],
    [{ errcode: -1, errmsg: "system error" }, "server", "transient", "busy"],
  ])("take %j as %s", async (body, failure, kind, words) => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(wecom, { url: fake.url + HOOK });
    fake.answer({ status: 200, body: JSON.stringify(body) });
    const thrown = await failureOfSending(sink);
    await sink.close();
    expect(thrown).toMatchObject({ failure, class: kind, message: expect.stringContaining(words) });
  });

  it.each([
    [45_009, 60_000],
    [45_033, 60_000],
    [-1, 10_000],
  ])("after %i wait %i ms", async (errcode, retryAfterMs) => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(wecom, { url: fake.url + HOOK });
    fake.answer({ status: 200, body: JSON.stringify({ errcode, errmsg: "api freq out of limit" }) });
    const thrown = await failureOfSending(sink);
    await sink.close();
    expect(thrown).toMatchObject({ class: "transient", retryAfterMs });
  });
});
