import { describe, expect, it } from "vitest";

import { startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { mattermost } from "./mattermost.ts";

const PATH = "/hooks/xxx-generatedkey-xxx";
const request = (body: unknown) => ({ path: PATH, body });
const refused = (status: number, id: string, message: string) => ({
  status,
  answer: { id, message, status_code: status },
});
const unreadable = refused(400, "web.incoming_webhook.parse.app_error", "Unable to parse incoming data.");

describeVendor(mattermost, {
  request,
  accepted: {
    // https://developers.mattermost.com/integrate/webhooks/incoming
    "the text of the page": {
      body: { text: "Hello, this is some text\nThis is more text. :tada:" },
      text: "Hello, this is some text\nThis is more text. :tada:",
    },
    "the parameters of the page": {
      body: {
        channel: "town-square",
        username: "test-automation",
        icon_url: "https://mattermost.com/wp-content/uploads/2022/02/icon.png",
        text: "#### Test results for July 27th, 2017",
        props: { card: "Salesforce Opportunity Information" },
        priority: { priority: "urgent", requested_ack: true },
      },
      text: "#### Test results for July 27th, 2017",
    },
    // https://developers.mattermost.com/integrate/reference/message-attachments
    "the attachment of the page": {
      body: {
        attachments: [
          {
            fallback: "test",
            color: "#FF8000",
            pretext: "This is optional pretext that shows above the attachment.",
            text: "This is the text of the attachment.",
            author_name: "Mattermost",
            author_link: "https://mattermost.org/",
            title: "Example Attachment",
            title_link: "https://developers.mattermost.com",
            fields: [{ short: false, title: "Long Field", value: "Testing with a very long piece of text" }],
            footer: "sample footer",
          },
        ],
      },
      text:
        "This is optional pretext that shows above the attachment.\nMattermost\nExample Attachment\n" +
        "This is the text of the attachment.\nLong Field\nTesting with a very long piece of text\nsample footer",
    },
    "types of integrations": { body: { text: "t", type: "custom_alert" }, text: "t" },
    "an empty type": { body: { text: "t", type: "" }, text: "t" },
    "the longest attachment": {
      body: { attachments: [{ text: "a".repeat(7900 - '[{"text":""}]'.length) }] },
      text: "a".repeat(7900 - '[{"text":""}]'.length),
    },
    "the longest text": { body: { text: "🔥".repeat(16_383) }, text: "🔥".repeat(16_383) },
  },
  refused: {
    "no JSON": { body: "{", ...unreadable },
    nothing: { body: {}, ...refused(400, "web.incoming_webhook.text.app_error", "No text specified.") },
    "an empty text": {
      body: { text: "", attachments: [] },
      ...refused(400, "web.incoming_webhook.text.app_error", "No text specified."),
    },
    "a text that is a number": { body: { text: 7 }, ...unreadable },
    "a type of the server": { body: { text: "t", type: "system_join" }, ...unreadable },
    "another path": {
      request: { path: "/hook/x", body: { text: "t" } },
      ...refused(404, "api.context.404.app_error", "Sorry, we could not find the page."),
    },
  },
  states: {
    "webhook deleted": refused(400, "web.incoming_webhook.invalid.app_error", "Invalid webhook."),
    "channel missing": refused(404, "web.incoming_webhook.channel.app_error", "Couldn't find the channel."),
    "channel archived": refused(
      403,
      "api.post.create_post.can_not_post_to_deleted.error",
      "Can not post to deleted channel.",
    ),
    "channel locked": refused(
      403,
      "web.incoming_webhook.channel_locked.app_error",
      "This webhook is not permitted to post to the requested channel.",
    ),
    "no right to write": refused(
      403,
      "web.incoming_webhook.permissions.app_error",
      "Inappropriate channel permissions.",
    ),
    "webhooks turned off": refused(
      501,
      "web.incoming_webhook.disabled.app_error",
      "Incoming webhooks have been disabled by the system admin.",
    ),
  },
  limited: {
    requests: 100,
    seconds: 10,
    status: 429,
    answer: "limit exceeded\n",
    headers: { "retry-after": "10" },
  },
});

describe("the fake of mattermost, beyond that,", () => {
  it("says ok in plain words", async () => {
    await using fake = await startChat(mattermost);
    expect(await ask(fake, request({ text: "t" }))).toMatchObject({ status: 200, body: "ok" });
  });

  it("splits what is too long into several posts", async () => {
    await using fake = await startChat(mattermost);
    await ask(fake, request({ text: "🔥".repeat(16_384) }));
    await ask(
      fake,
      request({ text: "t", attachments: [{ text: "a".repeat(4000) }, { text: "b".repeat(4000) }] }),
    );
    expect(fake.messages().map(({ text }) => text.slice(0, 3))).toEqual([
      "🔥".repeat(2).slice(0, 3),
      "🔥",
      "t\na",
      "bbb",
    ]);
    expect(fake.losses()).toEqual([]);
    await ask(fake, request({ attachments: [{ text: "a".repeat(7901 - '[{"text":""}]'.length) }] }));
    expect(fake.losses()).toEqual(["the end of an attachment was cut"]);
  });

  it("pings for plain words in text, pretext and fields, never in code or titles", async () => {
    await using fake = await startChat(mattermost);
    const attachment = {
      title: "@title",
      pretext: "@pretext",
      text: "@text a@example.com",
      fields: [{ title: "@name", value: "@value" }],
    };
    await ask(fake, request({ text: "@all `@channel`\n```\n@here\n```", attachments: [attachment] }));
    expect(fake.messages()).toMatchObject([{ pings: ["@all", "@pretext", "@text", "@value"] }]);
  });
});
