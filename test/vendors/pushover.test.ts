import { describe, expect, it } from "vitest";

import { startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { pushover } from "./pushover.ts";

const TOKEN = "azGDORePK8gMaC0QOYAMyEEuzJnyUi";
const USER = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG";
const request = (body: unknown) => ({ path: "/1/messages.json", body });
const sent = (change: object = {}) => ({ token: TOKEN, user: USER, message: "hello world", ...change });
const refused = (status: number, error: string, rest: object = {}) => ({
  status,
  answer: { status: 0, errors: [error], request: expect.any(String), ...rest },
});
const blank = refused(400, "message cannot be blank", { message: "cannot be blank" });

describeVendor(pushover, {
  request,
  accepted: {
    // https://pushover.net/api#messages
    "the example of the page": { body: sent(), text: "hello world" },
    "the longest texts": {
      body: sent({
        title: "t".repeat(250),
        message: "🔥".repeat(1024),
        url: `https://a.example/${"u".repeat(494)}`,
        url_title: "l".repeat(100),
      }),
      text: ["t".repeat(250), "🔥".repeat(1024), "l".repeat(100)].join("\n"),
    },
    "an emergency": {
      body: sent({ priority: 2, retry: 30, expire: 10_800, tags: "web-1" }),
      text: "hello world",
    },
    HTML: { body: sent({ html: 1, message: "<b>web-1</b> fails", ttl: 3600 }), text: "web-1 fails" },
  },
  refused: {
    "no JSON": { body: "{", ...refused(400, "application token is invalid", { token: "invalid" }) },
    "no token": {
      body: sent({ token: "" }),
      ...refused(400, "application token is invalid", { token: "invalid" }),
    },
    "no user": {
      body: sent({ user: undefined }),
      ...refused(400, "user identifier is not a valid user, group, or subscribed user key", {
        user: "invalid",
      }),
    },
    "no message": { body: sent({ message: undefined }), ...blank },
    "a blank message": { body: sent({ message: " " }), ...blank },
    "a message of 1025": {
      body: sent({ message: "m".repeat(1025) }),
      ...refused(400, "message is too long (maximum is 1024 characters)"),
    },
    "a title of 251": {
      body: sent({ title: "t".repeat(251) }),
      ...refused(400, "title is too long (maximum is 250 characters)"),
    },
    "an address of 513": {
      body: sent({ url: `https://a.example/${"u".repeat(495)}` }),
      ...refused(400, "url is too long (maximum is 512 characters)"),
    },
    "a name of an address of 101": {
      body: sent({ url_title: "l".repeat(101) }),
      ...refused(400, "url_title is too long (maximum is 100 characters)"),
    },
    "priority 3": { body: sent({ priority: 3 }), ...refused(400, "priority is invalid") },
    "an emergency without an end": {
      body: sent({ priority: 2, retry: 30 }),
      ...refused(400, "expire must be supplied with priority=2"),
    },
    "an emergency without repeats": {
      body: sent({ priority: 2, expire: 60 }),
      ...refused(400, "retry must be supplied with priority=2"),
    },
    "repeats each 29 s": {
      body: sent({ priority: 2, retry: 29, expire: 60 }),
      ...refused(400, "retry must be at least 30"),
    },
    "an end after more than 3 hours": {
      body: sent({ priority: 2, retry: 30, expire: 10_801 }),
      ...refused(400, "expire must be at most 10800"),
    },
    "HTML in monospace": {
      body: sent({ html: 1, monospace: 1 }),
      ...refused(400, "html cannot be used with monospace"),
    },
    "another path": {
      request: { path: "/1/message.json", body: sent() },
      status: 404,
      answer: "<h1>Not Found</h1>",
    },
  },
  states: {
    "wrong token": refused(400, "application token is invalid"),
    "wrong user": refused(400, "user identifier is not a valid user, group, or subscribed user key"),
    "no devices": refused(400, "user has no active devices"),
    unavailable: { status: 502, answer: "<h1>Bad Gateway</h1>" },
  },
  limited: {
    windows: [{ requests: 3, seconds: 60 }],
    requests: 3,
    seconds: 60,
    ...refused(429, "application is over its quota, please upgrade or wait until the next month"),
    headers: { "x-limit-app-remaining": "0" },
  },
});

describe("the fake of pushover, beyond that,", () => {
  const emergency = (tags: string) => request(sent({ priority: 2, retry: 30, expire: 3600, tags }));
  const cancel = (path: string) => ({ path: `/1/receipts/${path}.json`, body: { token: TOKEN } });

  it("takes forms, as its examples do", async () => {
    await using fake = await startChat(pushover);
    const body = new URLSearchParams({ token: TOKEN, user: USER, message: "m", priority: "1" }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await ask(fake, { path: "/1/messages.json", headers, body })).body).toMatchObject({ status: 1 });
    expect(fake.messages()).toMatchObject([{ text: "m", state: undefined }]);
  });

  it("ends an emergency by its receipt", async () => {
    await using fake = await startChat(pushover);
    expect((await ask(fake, emergency("a"))).body).toMatchObject({ status: 1, receipt: "r1" });
    expect(fake.messages()).toMatchObject([{ state: "open" }]);
    await ask(fake, cancel("r1/cancel"));
    expect(fake.messages()).toMatchObject([{ state: "closed" }]);
    expect(await ask(fake, cancel("r9/cancel"))).toMatchObject({ status: 404, body: { status: 0 } });
  });

  it("ends emergencies by a tag", async () => {
    await using fake = await startChat(pushover);
    for (const tags of ["web-1,prod", "web-2", "web-1"]) await ask(fake, emergency(tags));
    expect((await ask(fake, cancel("cancel_by_tag/web-1"))).body).toMatchObject({ status: 1, canceled: 2 });
    expect(fake.messages().map(({ state }) => state)).toEqual(["closed", "open", "closed"]);
  });

  it("knows its token", async () => {
    await using fake = await startChat(pushover, { secret: "another" });
    expect((await ask(fake, request(sent()))).status).toBe(400);
  });
});
