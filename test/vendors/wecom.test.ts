import { describe, expect, it } from "vitest";

import { startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { wecom } from "./wecom.ts";

const PATH = "/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa";
const request = (body: unknown) => ({ path: PATH, body });
const refused = (errcode: number, word: string) => ({
  status: 200,
  answer: { errcode, errmsg: expect.stringContaining(word) },
});
const markdown = (content: unknown) => ({ msgtype: "markdown", markdown: { content } });
const text = (content: unknown, rest: object = {}) => ({ msgtype: "text", text: { content, ...rest } });

describeVendor(wecom, {
  request,
  accepted: {
    // https://developer.work.weixin.qq.com/document/path/91770
    "the text of the page": {
      body: text("广州今日天气：29度，大部分多云，降雨概率：60%", {
        mentioned_list: ["wangqing", "@all"],
        mentioned_mobile_list: ["13800001111", "@all"],
      }),
      text: "广州今日天气：29度，大部分多云，降雨概率：60%",
    },
    "the Markdown of the page": {
      body: markdown(
        '实时新增用户反馈<font color="warning">132例</font>，请相关同事注意。\n>类型:<font color="comment">用户反馈</font>',
      ),
      text: '实时新增用户反馈<font color="warning">132例</font>，请相关同事注意。\n>类型:<font color="comment">用户反馈</font>',
    },
    "the second Markdown": {
      body: { msgtype: "markdown_v2", markdown_v2: { content: "# 一级标题\n| 姓名 | 文化衫尺寸 |" } },
      text: "# 一级标题\n| 姓名 | 文化衫尺寸 |",
    },
    "one letter": { body: text("t"), text: "t" },
    "the longest Markdown, in bytes": {
      body: markdown(`${"火".repeat(1365)}.`),
      text: `${"火".repeat(1365)}.`,
    },
  },
  refused: {
    "no key": {
      request: { path: "/cgi-bin/webhook/send", body: text("t") },
      ...refused(93_000, "invalid webhook url"),
    },
    "no JSON": { body: "{", ...refused(40_058, "invalid Request Parameter") },
    "another kind": { body: { msgtype: "card" }, ...refused(40_008, "invalid message type") },
    "no content": { body: markdown(undefined), ...refused(40_058, "invalid Request Parameter") },
    "empty content": { body: text(""), ...refused(44_004, "empty content") },
    "a text of 2049 bytes": {
      body: text(`${"火".repeat(682)}...`),
      ...refused(40_058, "text.content exceed max length 2048. Invalid input invalid Request Parameter"),
    },
    "Markdown of 4097 bytes": {
      body: markdown(`${"火".repeat(1365)}..`),
      ...refused(40_058, "markdown.content exceed max length 4096. Invalid input invalid Request Parameter"),
    },
    "the second Markdown of 4097 bytes": {
      body: { msgtype: "markdown_v2", markdown_v2: { content: `${"火".repeat(1365)}..` } },
      ...refused(40_058, "markdown_v2.content exceed max length 4096"),
    },
    "a list": { body: [], ...refused(40_008, "invalid message type") },
    "an escaped character": { body: text("before\u0000 after"), ...refused(40_033, "invalid charset") },
    "another path": {
      request: { path: "/cgi-bin/message/send?key=k", body: text("t") },
      status: 404,
      answer: "",
    },
  },
  states: {
    "wrong key": refused(93_000, "invalid webhook url, hint: ["),
    busy: refused(-1, "system error"),
    "robot removed": refused(93_008, "not in group"),
  },
  limited: { requests: 20, seconds: 60, ...refused(45_009, "api freq out of limit") },
});

describe("the fake of wecom, beyond that,", () => {
  it("pings whom lists and live markup name", async () => {
    await using fake = await startChat(wecom);
    await ask(fake, request(text("t <@wangqing>", { mentioned_list: ["@all"] })));
    await ask(fake, request(markdown("<@all> < @all >")));
    expect(fake.messages().map(({ pings }) => pings)).toEqual([["@all", "<@wangqing>"], ["<@all>"]]);
  });

  it("takes a backslash before a u for what it is", async () => {
    await using fake = await startChat(wecom);
    await ask(fake, request(text(String.raw`C:\users \u0041`)));
    expect(fake.messages()).toHaveLength(1);
  });
});
