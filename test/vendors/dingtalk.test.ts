import { describe, expect, it } from "vitest";

import { FakeClock } from "../support/fake-clock.ts";
import { startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { dingtalk } from "./dingtalk.ts";

const PATH = "/robot/send?access_token=566cc69da782ec2a";
const request = (body: unknown) => ({ path: PATH, body });
const refused = (errcode: number, errmsg: unknown) => ({ status: 200, answer: { errcode, errmsg } });
const markdown = (title: unknown, text: unknown) => ({ msgtype: "markdown", markdown: { title, text } });

describeVendor(dingtalk, {
  request,
  accepted: {
    // https://open.dingtalk.com/document/orgapp/custom-bot-send-message-type
    "the page's Markdown": {
      body: {
        msgtype: "markdown",
        markdown: { title: "杭州天气", text: "#### 杭州天气 @150XXXXXXXX\n> 9度，西北风1级，空气良89" },
        at: { atMobiles: ["150XXXXXXXX"], atUserIds: ["user123"], isAtAll: false },
      },
      text: "杭州天气\n#### 杭州天气 @150XXXXXXXX\n> 9度，西北风1级，空气良89",
    },
    "the page's text": {
      body: { msgtype: "text", text: { content: "我就是我, @XXX 是不一样的烟火" }, at: { isAtAll: false } },
      text: "我就是我, @XXX 是不一样的烟火",
    },
    "the page's link": {
      body: {
        msgtype: "link",
        link: { text: "t", title: "时代的火车向前开", picUrl: "", messageUrl: "https://a.example" },
      },
      text: "时代的火车向前开\nt",
    },
    "the page's card with one button": {
      body: {
        msgtype: "actionCard",
        actionCard: {
          title: "乔布斯",
          text: "![](x)",
          btnOrientation: "0",
          singleTitle: "阅读全文",
          singleURL: "https://a.example",
        },
      },
      text: "乔布斯\n![](x)\n阅读全文",
    },
    "the page's card with two buttons": {
      body: {
        msgtype: "actionCard",
        actionCard: {
          title: "t",
          text: "x",
          btns: [
            { title: "内容不错", actionURL: "https://a.example" },
            { title: "不感兴趣", actionURL: "https://b.example" },
          ],
        },
      },
      text: "t\nx\n内容不错\n不感兴趣",
    },
    "20,000 bytes": {
      body: markdown("t", "x".repeat(20_000 - JSON.stringify(markdown("t", "")).length)),
      text: `t\n${"x".repeat(20_000 - JSON.stringify(markdown("t", "")).length)}`,
    },
  },
  refused: {
    "no token": {
      request: { path: "/robot/send", body: markdown("t", "x") },
      ...refused(40_035, "缺少参数 access_token"),
    },
    "a question": { request: { method: "GET", path: PATH }, ...refused(43_002, "需要POST请求") },
    "a form": {
      request: { ...request(markdown("t", "x")), headers: { "content-type": "text/plain" } },
      ...refused(43_004, expect.any(String)),
    },
    "no JSON": { body: "{", ...refused(40_035, "缺少参数 json") },
    "another kind": { body: { msgtype: "card", card: {} }, ...refused(400_105, "不支持的消息类型") },
    "Markdown without a title": {
      body: markdown(undefined, "x"),
      ...refused(400_105, "缺少参数 markdown.title"),
    },
    "Markdown without a text": { body: markdown("t", ""), ...refused(400_105, "缺少参数 markdown.text") },
    "a card without buttons in its list": {
      body: { msgtype: "actionCard", actionCard: { title: "t", text: "x", btns: [] } },
      ...refused(400_105, "缺少参数 actionCard.btns"),
    },
    "20,001 bytes": {
      body: markdown("t", "x".repeat(20_001 - JSON.stringify(markdown("t", "")).length)),
      ...refused(460_101, "message too long, exceed 20000 bytes"),
    },
  },
  states: {
    "wrong token": refused(300_005, "token is not exist"),
    "robot stopped": refused(400_102, "bot is stopped"),
    "group dissolved": refused(400_013, "群已被解散"),
    "robot missing": refused(400_106, "机器人不存在"),
    "keyword missing": refused(310_000, "keywords not in content"),
    "address not allowed": refused(310_000, "ip 203.0.113.7 not in whitelist"),
    busy: refused(-1, "系统繁忙"),
  },
  limited: { requests: 20, seconds: 600, ...refused(130_101, "send too fast, exceed 20 times per minute") },
});

describe("the fake of dingtalk, beyond that,", () => {
  // The signature of the secret `SECtest` at this time, made with two implementations.
  const TIME = 1_577_262_236_757;
  const SIGN = "Za%2Fne6w2koB8B4ROVlgTNd%2FX%2B%2FFbyDpZrXLz57xNZSA%3D";
  const signed = (time: number, sign: string) => ({
    path: `${PATH}&timestamp=${time}&sign=${sign}`,
    body: markdown("t", "x"),
  });

  it.each([
    { late: 0, request: signed(TIME, SIGN), errmsg: "ok" },
    { late: 3_600_000, request: signed(TIME, SIGN), errmsg: "ok" },
    { late: 3_600_001, request: signed(TIME, SIGN), errmsg: "invalid timestamp" },
    { late: 0, request: signed(TIME + 1, SIGN), errmsg: "sign not match" },
    { late: 0, request: signed(TIME, SIGN.replace("Za", "Zb")), errmsg: "sign not match" },
    { late: 0, request: signed(TIME, "x"), errmsg: "sign not match" },
    { late: 0, request: signed(1_577_262_236, SIGN), errmsg: "invalid timestamp" },
    { late: 0, request: request(markdown("t", "x")), errmsg: "invalid timestamp" },
  ])("judges a signature: $late ms late, $errmsg", async ({ late, request, errmsg }) => {
    const clock = new FakeClock(TIME + late);
    await using fake = await startChat(dingtalk, { clock, secret: "SECtest" });
    expect(await ask(fake, request)).toMatchObject({ status: 200, body: { errmsg } });
    expect(fake.messages()).toHaveLength(errmsg === "ok" ? 1 : 0);
  });

  it("rings by its at alone", async () => {
    await using fake = await startChat(dingtalk);
    await ask(fake, request(markdown("@all", "@all")));
    await ask(fake, request({ ...markdown("t", "x"), at: { atUserIds: ["user123"], isAtAll: true } }));
    expect(fake.messages().map(({ pings }) => pings)).toEqual([[], ["user123", "all"]]);
  });
});
