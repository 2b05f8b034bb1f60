import { describe, expect, it } from "vitest";

import { FakeClock } from "../support/fake-clock.ts";
import { startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { feishu } from "./feishu.ts";

const PATH = "/open-apis/bot/v2/hook/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
const request = (body: unknown) => ({ path: PATH, body });
const refused = (code: number, msg: unknown = expect.any(String)) => ({ status: 200, answer: { code, msg } });
const card = (...elements: readonly unknown[]) => ({ msg_type: "interactive", card: { elements } });
const text = (value: string) => ({ msg_type: "text", content: { text: value } });

describeVendor(feishu, {
  request,
  accepted: {
    // https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
    "the text of the page": { body: text("新更新提醒"), text: "新更新提醒" },
    "the post of the page": {
      body: {
        msg_type: "post",
        content: {
          post: {
            zh_cn: {
              title: "项目更新通知",
              content: [
                [
                  { tag: "text", text: "项目有更新: " },
                  { tag: "a", text: "请查看", href: "http://www.example.com/" },
                  { tag: "at", user_id: "ou_18eac8********17ad4f02e8bbbb" },
                ],
              ],
            },
          },
        },
      },
      text: '项目更新通知\n项目有更新: 请查看<at user_id="ou_18eac8********17ad4f02e8bbbb"></at>',
    },
    "the card of the page": {
      body: {
        msg_type: "interactive",
        card: {
          elements: [
            {
              tag: "div",
              text: { content: "**西湖**，位于浙江省杭州市西湖区龙井路1号", tag: "lark_md" },
            },
            {
              actions: [
                {
                  tag: "button",
                  text: { content: "更多景点介绍 :玫瑰:", tag: "lark_md" },
                  url: "https://www.example.com",
                  type: "default",
                  value: {},
                },
              ],
              tag: "action",
            },
          ],
          header: { title: { content: "今日旅游推荐", tag: "plain_text" } },
        },
      },
      text: "今日旅游推荐\n**西湖**，位于浙江省杭州市西湖区龙井路1号\n更多景点介绍 :玫瑰:",
    },
    "20 KB": {
      body: text("t".repeat(20 * 1024 - JSON.stringify(text("")).length)),
      text: "t".repeat(20 * 1024 - JSON.stringify(text("")).length),
    },
    "a card of the second schema": {
      body: {
        msg_type: "interactive",
        card: {
          schema: "2.0",
          header: { title: { tag: "plain_text", content: "web-1" }, template: "red" },
          body: { elements: [{ tag: "markdown", content: "a &lt;b&gt;" }, { tag: "hr" }] },
        },
      },
      text: "web-1\na <b>",
    },
  },
  refused: {
    "no JSON": { body: "{", ...refused(9499, "Bad Request") },
    "no kind": { body: { content: { text: "t" } }, ...refused(19_002, "params error, msg_type need") },
    "an empty text": { body: text(""), ...refused(9499) },
    "a card without elements": {
      body: { msg_type: "interactive", card: { header: {} } },
      ...refused(11_246),
    },
    "an element that is none": { body: card({ tag: "html", content: "t" }), ...refused(11_246) },
    "a link of another scheme": {
      body: card({
        tag: "action",
        actions: [{ tag: "button", text: { tag: "plain_text", content: "t" }, url: "javascript:alert(1)" }],
      }),
      ...refused(11_246),
    },
    "20 KB and a byte": {
      body: text("t".repeat(20 * 1024 + 1 - JSON.stringify(text("")).length)),
      ...refused(19_036),
    },
    "more than 20 KB": { body: text("火".repeat(6830)), ...refused(19_036) },
    "another path": {
      request: { path: "/open-apis/bot/hook/x", body: text("t") },
      status: 404,
      answer: "404 page not found",
    },
  },
  states: {
    "webhook deleted": refused(19_001, "param invalid: incoming webhook access token invalid"),
    "address not allowed": refused(19_022, "Ip Not Allowed"),
    "keyword missing": refused(19_024, "Key Words Not Found"),
    "too many requests of the app": refused(99_991_400, "request trigger frequency limit"),
    "internal error": refused(19_003),
  },
  limited: { requests: 5, seconds: 1, ...refused(11_232, expect.stringContaining("frequency limited")) },
});

describe("the fake of feishu, beyond that,", () => {
  // The signature of the secret `demo` at this time, made with two implementations.
  const TIME = 1_599_360_473;
  const SIGN = "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=";
  const OK = 0;
  const NO = 19_021;

  it.each([
    { lateSeconds: 0, sent: { timestamp: String(TIME), sign: SIGN }, code: OK },
    { lateSeconds: 0, sent: { timestamp: TIME, sign: SIGN }, code: OK },
    { lateSeconds: 3600, sent: { timestamp: String(TIME), sign: SIGN }, code: OK },
    { lateSeconds: 3601, sent: { timestamp: String(TIME), sign: SIGN }, code: NO },
    { lateSeconds: 0, sent: { timestamp: String(TIME + 1), sign: SIGN }, code: NO },
    { lateSeconds: 0, sent: { timestamp: `${TIME}000`, sign: SIGN }, code: NO },
    { lateSeconds: 0, sent: { timestamp: String(TIME), sign: "x" }, code: NO },
    { lateSeconds: 0, sent: {}, code: NO },
  ])("judges a signature: $lateSeconds s late, $code", async ({ lateSeconds, sent, code }) => {
    const clock = new FakeClock((TIME + lateSeconds) * 1000);
    await using fake = await startChat(feishu, { clock, secret: "demo" });
    expect(await ask(fake, request({ ...sent, ...text("t") }))).toMatchObject({
      status: 200,
      body: { code },
    });
    expect(fake.messages()).toHaveLength(code === OK ? 1 : 0);
  });

  it("pings whom live markup names, in texts and cards", async () => {
    await using fake = await startChat(feishu);
    await ask(fake, request(text('<at user_id="all">all</at>')));
    await ask(
      fake,
      request(card({ tag: "markdown", content: "<at id=all></at> &lt;at id=ou_1&gt;&lt;/at&gt;" })),
    );
    expect(fake.messages().map(({ pings }) => pings)).toEqual([["all"], ["all"]]);
  });
});
