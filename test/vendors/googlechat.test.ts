import { describe, expect, it } from "vitest";

import { type FakeChat, startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { googlechat } from "./googlechat.ts";

const SPACE = "/v1/spaces/AAAA1234/messages?key=AIza&token=abc";
const request = (body: unknown, query = "") => ({ path: SPACE + query, body });
const refused = (code: number, status: string, message: unknown = expect.any(String)) => ({
  status: code,
  answer: { error: { code, status, message } },
});
const invalid = (message?: unknown) => refused(400, "INVALID_ARGUMENT", message);
const widgets = (...of: readonly unknown[]) => ({
  cardsV2: [{ cardId: "c", card: { sections: [{ widgets: of }] } }],
});
const button = (url: string) =>
  widgets({ buttonList: { buttons: [{ text: "Runbook", onClick: { openLink: { url } } }] } });

describeVendor(googlechat, {
  request,
  accepted: {
    // https://developers.google.com/workspace/chat/quickstart/webhooks
    "the text of the page": {
      body: { text: "Hello from a Python script!" },
      text: "Hello from a Python script!",
    },
    // https://developers.google.com/workspace/chat/create-messages#create-text-messages-cards, without the actions of an app
    "the card of the page": {
      body: {
        cardsV2: [
          {
            cardId: "unique-card-id",
            card: {
              header: {
                title: "Sasha",
                subtitle: "Software Engineer",
                imageUrl: "https://developers.google.com/chat/images/quickstart-app-avatar.png",
                imageType: "CIRCLE",
                imageAltText: "Avatar for Sasha",
              },
              sections: [
                {
                  header: "Contact Info",
                  collapsible: true,
                  uncollapsibleWidgetsCount: 1,
                  widgets: [
                    { decoratedText: { startIcon: { knownIcon: "EMAIL" }, text: "sasha@example.com" } },
                    {
                      decoratedText: {
                        startIcon: { knownIcon: "PERSON" },
                        text: '<font color="#80e27e">Online</font>',
                      },
                    },
                    { divider: {} },
                    { textParagraph: { text: "a &lt;b&gt;<br>c" } },
                    {
                      buttonList: {
                        buttons: [
                          { text: "Share", onClick: { openLink: { url: "https://example.com/share" } } },
                        ],
                      },
                    },
                  ],
                },
              ],
            },
          },
        ],
        fallbackText: "Sasha",
      },
      text: "Sasha\nSoftware Engineer\nContact Info\nsasha@example.com\nOnline\na <b>\nc\nShare",
    },
    "the longest text": { body: { text: "t".repeat(31_989) }, text: "t".repeat(31_989) },
  },
  refused: {
    "no JSON": { body: "{", ...invalid() },
    nothing: { body: {}, ...invalid("Message cannot be empty.") },
    "an empty text": { body: { text: "", cardsV2: [] }, ...invalid("Message cannot be empty.") },
    "32,001 bytes": { body: { text: "t".repeat(31_990) }, ...invalid() },
    "32,001 bytes of long characters": { body: { text: "火".repeat(10_664) }, ...invalid() },
    "a field that it does not know": {
      body: { text: "t", blocks: [] },
      ...invalid(expect.stringContaining('Unknown name "blocks"')),
    },
    "a field in a widget that it does not know": {
      body: widgets({ textParagraph: { text: "t", markdown: true } }),
      ...invalid(),
    },
    "a link without a scheme": { body: button("runbook"), ...invalid() },
    "a link of another scheme": { body: button("javascript:alert(1)"), ...invalid() },
    "a thread of another space": {
      body: { text: "t", thread: { name: "spaces/BBBB/threads/1" } },
      ...invalid("The request contains an invalid thread resource name"),
    },
    "a key of 4001": { body: { text: "t", thread: { threadKey: "k".repeat(4001) } }, ...invalid() },
    "a reply option that is none": {
      request: request({ text: "t" }, "&messageReplyOption=REPLY"),
      ...invalid(),
    },
    "a reply to nothing": {
      request: request({ text: "t" }, "&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"),
      ...invalid(),
    },
    "a reply to a thread that is not there": {
      request: request(
        { text: "t", thread: { threadKey: "k" } },
        "&messageReplyOption=REPLY_MESSAGE_OR_FAIL",
      ),
      ...refused(404, "NOT_FOUND"),
    },
  },
  states: {
    "wrong token": refused(401, "UNAUTHENTICATED"),
    "webhook deleted": refused(404, "NOT_FOUND"),
    "no right to write": refused(403, "PERMISSION_DENIED"),
    "internal error": refused(500, "INTERNAL"),
    unavailable: refused(503, "UNAVAILABLE"),
  },
  limited: {
    requests: 1,
    seconds: 1,
    ...refused(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
  },
});

describe("the fake of googlechat, beyond that,", () => {
  const FALLBACK = "&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD";
  const say = (fake: FakeChat, threadKey: string, query = FALLBACK) =>
    ask(fake, request({ text: "t", thread: { threadKey } }, query));
  const threads = (fake: FakeChat) => new Set(fake.messages().map(({ thread }) => thread)).size;

  it("puts messages of one key into one thread, when told to", async () => {
    await using fake = await startChat(googlechat);
    await say(fake, "web-1");
    await say(fake, "web-1");
    expect(threads(fake)).toBe(1);
    await say(fake, "web-2");
    expect(threads(fake)).toBe(2);
    await say(fake, "web-1", "");
    expect(threads(fake)).toBe(3);
    expect(fake.messages()).toHaveLength(4);
  });

  it("replies to the thread that was asked for alone, when it must be there", async () => {
    await using fake = await startChat(googlechat);
    const OR_FAIL = "&messageReplyOption=REPLY_MESSAGE_OR_FAIL";
    await say(fake, "web-1");
    expect((await say(fake, "web-2", OR_FAIL)).status).toBe(404);
    expect((await say(fake, "web-1", OR_FAIL)).status).toBe(200);
    expect(threads(fake)).toBe(1);
  });

  it("answers the first message when asked twice with one request id", async () => {
    await using fake = await startChat(googlechat);
    const first = await say(fake, "web-1", `${FALLBACK}&requestId=4f9a`);
    const second = await say(fake, "web-1", `${FALLBACK}&requestId=4f9a`);
    expect(second.body).toEqual(first.body);
    expect(fake.messages()).toHaveLength(1);
  });

  it("pings whom the text names, never whom a card names", async () => {
    await using fake = await startChat(googlechat);
    await ask(fake, request({ text: "<users/all> &lt;users/1&gt;" }));
    await ask(fake, request(widgets({ textParagraph: { text: "<users/all>" } })));
    expect(fake.messages().map(({ pings }) => pings)).toEqual([["<users/all>"], []]);
  });
});
