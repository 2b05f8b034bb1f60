import { describe, expect, it } from "vitest";

import { startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { rocketchat } from "./rocketchat.ts";

const PATH = "/hooks/5a1b/QwErTy";
const request = (body: unknown) => ({ path: PATH, body });
const refused = (status: number, error: unknown) => ({ status, answer: { success: false, error } });
const attach = (attachment: unknown) => ({ text: "t", attachments: [attachment] });

describeVendor(rocketchat, {
  request,
  accepted: {
    // https://docs.rocket.chat/docs/integrations
    "the example of the page": {
      body: {
        text: "Example message",
        attachments: [
          {
            title: "Rocket.Chat",
            title_link: "https://rocket.chat",
            text: "Rocket.Chat, the best open source chat",
            image_url: "https://open.rocket.chat/images/logo.png",
            color: "#764FA5",
          },
        ],
      },
      text: "Example message\nRocket.Chat\nRocket.Chat, the best open source chat",
    },
    "a channel, a name and fields": {
      body: {
        alias: "Tocsin",
        emoji: ":bell:",
        channel: "#ops",
        text: "web-1 fails",
        attachments: [{ collapsed: false, fields: [{ short: true, title: "Namespace", value: "shop" }] }],
      },
      text: "web-1 fails\nNamespace\nshop",
    },
    "the longest text": { body: { text: "t".repeat(5000) }, text: "t".repeat(5000) },
  },
  refused: {
    "no JSON": { body: "{", ...refused(400, "Invalid JSON") },
    nothing: { body: {}, ...refused(400, "body-cannot-be-empty") },
    "no words": {
      body: { text: "", attachments: [{ color: "#fff" }] },
      ...refused(400, "body-cannot-be-empty"),
    },
    "5001 units": { body: { text: "🔥".repeat(2501) }, ...refused(400, "error-message-size-exceeded") },
    "a link of another scheme": {
      body: attach({ title: "t", title_link: "javascript:alert(1)" }),
      ...refused(400, "Invalid href value provided"),
    },
    "an image of another scheme": {
      body: attach({ image_url: "data:text/html,x" }),
      ...refused(400, "Invalid href value provided"),
    },
    "attachments that are no list": {
      body: { text: "t", attachments: {} },
      ...refused(400, expect.any(String)),
    },
    "a path without a token": {
      request: { path: "/hooks/5a1b", body: { text: "t" } },
      ...refused(404, "Invalid integration id or token provided."),
    },
  },
  states: {
    "wrong token": refused(404, "Invalid integration id or token provided."),
    "wrong token, newer servers": refused(400, "Invalid integration id or token provided."),
    "integration disabled": { status: 503, answer: "Service Unavailable" },
    "channel missing": refused(400, "invalid-channel"),
    "channel archived": refused(400, "error-room-archived"),
    "refused with 200": refused(200, "unknown-error"),
  },
  limited: {
    requests: 10,
    seconds: 60,
    ...refused(429, expect.stringContaining("You must wait 60 seconds before trying")),
    headers: { "x-ratelimit-remaining": "0" },
  },
});

describe("the fake of rocketchat, beyond that,", () => {
  it("pings for plain words of the text alone", async () => {
    await using fake = await startChat(rocketchat);
    const sent = { text: "@all `@here`", tmid: "m1", attachments: [{ text: "@channel" }] };
    const { body } = await ask(fake, request(sent));
    expect(body).toEqual({ success: true });
    expect(fake.messages()).toMatchObject([{ pings: ["@all"], thread: "m1" }]);
  });
});
