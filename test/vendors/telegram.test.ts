import { describe, expect, it } from "vitest";

import { type FakeChat, startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { telegram } from "./telegram.ts";
import { parseHtml } from "./telegram/html.ts";

const BOT = "/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11";
const request = (body: unknown, method = "sendMessage") => ({ path: `${BOT}/${method}`, body });
const html = (text: string) => ({ chat_id: "-1001234567890", parse_mode: "HTML", text });
const refused = (word: string) => ({
  status: 400,
  answer: { ok: false, error_code: 400, description: `Bad Request: ${word}` },
});

describeVendor(telegram, {
  request,
  accepted: {
    // https://core.telegram.org/bots/api#html-style
    "the example of the page": {
      body: html(
        '<b>bold</b>, <strong>bold</strong>\n<i>italic</i>\n<span class="tg-spoiler">spoiler</span>\n' +
          '<a href="http://www.example.com/">inline URL</a>\n<code>inline fixed-width code</code>\n' +
          '<pre><code class="language-python">block</code></pre>\n<blockquote>quoted</blockquote>',
      ),
      text: "bold, bold\nitalic\nspoiler\ninline URL\ninline fixed-width code\nblock\nquoted",
    },
    "a number as chat": {
      body: { chat_id: -1_001_234_567_890, text: "web-1 <fails>" },
      text: "web-1 <fails>",
    },
    "the longest text, in code points": {
      body: html(`<b>${"🔥".repeat(4096)}</b>`),
      text: "🔥".repeat(4096),
    },
    "a text whose markup alone is long": {
      body: html(`<a href="https://a.example/${"x".repeat(5000)}">runbook</a>`),
      text: "runbook",
    },
    "silence, a topic and no preview": {
      body: {
        chat_id: "@ops",
        text: "c",
        disable_notification: true,
        message_thread_id: 7,
        link_preview_options: { is_disabled: true },
      },
      text: "c",
    },
  },
  refused: {
    "no JSON": { body: "{", ...refused("can't parse JSON object") },
    "no chat": { body: { text: "c" }, ...refused("chat_id is empty") },
    "no text": { body: { chat_id: 1 }, ...refused("message text is empty") },
    "an empty text": { body: { chat_id: 1, text: " \n" }, ...refused("message text is empty") },
    "markup without a text": { body: html("<b></b>"), ...refused("message text is empty") },
    "4097 characters": { body: html("c".repeat(4097)), ...refused("message is too long") },
    "a tag that is cut": {
      body: html("<b>web-1</b> <pre"),
      ...refused("can't parse entities: Unclosed start tag at byte offset 13"),
    },
    "a tag that is not closed": {
      body: html("<pre>web-1"),
      ...refused(`can't parse entities: Can't find end tag corresponding to start tag "pre"`),
    },
    "a bare <": {
      body: html("a < b"),
      ...refused(`can't parse entities: Unsupported start tag "" at byte offset 2`),
    },
    "a tag of the web": {
      body: html("🔥<br>"),
      ...refused(`can't parse entities: Unsupported start tag "br" at byte offset 4`),
    },
    "another markup": { body: { ...html("c"), parse_mode: "BBCode" }, ...refused("unsupported parse_mode") },
    "an answer to a message that is not there": {
      body: { ...html("c"), reply_parameters: { message_id: 9 } },
      ...refused("message to be replied not found"),
    },
    "a method that is none": {
      request: request(html("c"), "sendText"),
      status: 404,
      answer: { ok: false, error_code: 404, description: "Not Found" },
    },
  },
  states: {
    "wrong token": { status: 401, answer: { ok: false, description: "Unauthorized" } },
    "chat missing": refused("chat not found"),
    "group became a supergroup": {
      status: 400,
      answer: {
        description: "Bad Request: group chat was upgraded to a supergroup chat",
        parameters: { migrate_to_chat_id: -1_001_234_567_890 },
      },
    },
    "topic closed": refused("TOPIC_CLOSED"),
    "topic missing": refused("message thread not found"),
    "no right to write": refused("not enough rights to send text messages to the chat"),
    "bot kicked": {
      status: 403,
      answer: { error_code: 403, description: "Forbidden: bot was kicked from the supergroup chat" },
    },
    "bot blocked": { status: 403, answer: { description: "Forbidden: bot was blocked by the user" } },
    "internal error": { status: 500, answer: { ok: false, error_code: 500 } },
  },
  limited: {
    requests: 1,
    seconds: 1,
    status: 429,
    answer: {
      ok: false,
      error_code: 429,
      description: "Too Many Requests: retry after 1",
      parameters: { retry_after: 1 },
    },
  },
});

describe("the fake of telegram, beyond that,", () => {
  async function posted(fake: FakeChat, body: unknown): Promise<number> {
    const reply = await ask(fake, request(body));
    // Telegram answers with the message.
    return (reply.body as { readonly result: { readonly message_id: number } }).result.message_id;
  }
  const edit = (message_id: number, text: string) =>
    request({ ...html(text), message_id }, "editMessageText");

  it("edits a message in place, without a sound", async () => {
    await using fake = await startChat(telegram);
    const id = await posted(fake, html("<b>firing</b>"));
    await ask(fake, edit(id, "<b>resolved</b> @oncall"));
    expect(fake.messages()).toMatchObject([{ text: "resolved @oncall", edits: 1, pings: [] }]);
  });

  it("refuses an edit that changes nothing", async () => {
    await using fake = await startChat(telegram);
    const id = await posted(fake, html("firing"));
    const { body } = await ask(fake, edit(id, "<b>firing</b>"));
    expect(body).toMatchObject({
      description: expect.stringMatching(
        /^Bad Request: message is not modified: specified new message content/u,
      ),
    });
  });

  it("edits no message that it does not have", async () => {
    await using fake = await startChat(telegram);
    expect(await ask(fake, edit(9, "resolved"))).toMatchObject({
      status: 400,
      body: { description: "Bad Request: message to edit not found" },
    });
  });

  it("answers a message of the same chat alone", async () => {
    await using fake = await startChat(telegram);
    const message_id = await posted(fake, html("firing"));
    await ask(fake, request({ ...html("again"), reply_parameters: { message_id } }));
    const other = { ...html("again"), chat_id: "-2", reply_parameters: { message_id } };
    expect((await ask(fake, request(other))).status).toBe(400);
    const anyway = { ...other, reply_parameters: { message_id, allow_sending_without_reply: true } };
    await ask(fake, request(anyway));
    expect(fake.messages().map(({ thread }) => thread)).toEqual([undefined, "1", undefined]);
  });

  it("counts each chat for itself", async () => {
    await using fake = await startChat(telegram);
    fake.limit();
    await ask(fake, request(html("c")));
    await ask(fake, request({ ...html("c"), chat_id: "-2" }));
    expect(fake.messages()).toHaveLength(2);
  });

  it("says whose bot it is", async () => {
    await using fake = await startChat(telegram);
    const { body } = await ask(fake, { method: "GET", path: `${BOT}/getMe` });
    expect(body).toMatchObject({ ok: true, result: { is_bot: true } });
  });

  it("rings for names and users in the text", async () => {
    await using fake = await startChat(telegram);
    await ask(fake, request(html('@oncall <a href="tg://user?id=42">Ann</a> a@example.com')));
    expect(fake.messages()).toMatchObject([{ pings: ["@oncall", "42"] }]);
  });
});

describe("Telegram's HTML", () => {
  // https://github.com/tdlib/td/blob/master/test/message_entities.cpp
  it.each([
    ["🏟 🏟&lt;<abacaba", "Unclosed start tag at byte offset 13"],
    ["🏟 🏟&lt;<abac aba>", 'Unsupported start tag "abac" at byte offset 13'],
    ["🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'],
    [
      "🏟 🏟&lt;<i    aba>",
      'Expected equal sign in declaration of an attribute of the tag "i" at byte offset 13',
    ],
    ['🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"],
    ["🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"],
    ["🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"],
    ["🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"],
    ["🏟 🏟&lt;<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'],
    ["<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
  ])("refuses %s", (text, fault) => {
    expect(parseHtml(text)).toEqual({ fault });
  });

  it.each([
    ["&lt;&gt;&amp;&quot;&laquo;&raquo;&#12345678;", '<>&"&laquo;&raquo;&#12345678;'],
    ["➡️ ➡️<strong>➡️ ➡️</strong>", "➡️ ➡️➡️ ➡️"],
    ["🏟 🏟<i>🏟 &gt;<b aba   =   caba>&lt🏟</b></i>", "🏟 🏟🏟 ><🏟"],
    ["🏟 🏟&lt;<i    aba  =  '&lt;&gt;&quot;'>a</>", "🏟 🏟<a"],
    ["<a href=telegram.org>\t</a>", "\t"],
    ["&#x1F525;&#65;", "🔥A"],
  ])("reads %s", (html, text) => {
    expect(parseHtml(html)).toMatchObject({ text });
  });
});
