import { describe, expect, it } from "vitest";

import { startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { ntfy } from "./ntfy.ts";

const request = (body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  path: "/",
  headers,
  body,
});
const refused = (code: number, error: unknown) => ({
  status: Math.trunc(code / 100),
  answer: { code, http: Math.trunc(code / 100), error },
});
const published = (change: object) => ({ topic: "mytopic", message: "m", ...change });
const view = { action: "view", label: "Runbook", url: "https://example.com" };

describeVendor(ntfy, {
  request,
  accepted: {
    // https://docs.ntfy.sh/publish/#publish-as-json, without the attachment
    "the example of the page": {
      body: {
        topic: "mytopic",
        message: "Disk space is low at 5.1 GB",
        title: "Low disk space alert",
        tags: ["warning", "cd"],
        priority: 4,
        click: "https://homecamera.lan/xasds1h2xsSsa/",
        actions: [{ action: "view", label: "Admin panel", url: "https://filesrv.lan/admin" }],
      },
      text: "Low disk space alert\nDisk space is low at 5.1 GB\nAdmin panel",
    },
    "the shortest names, and priority 0": {
      body: { topic: "t", message: "m", sequence_id: "s", priority: 0 },
      text: "m",
    },
    "a topic alone": { body: { topic: "mytopic" }, text: "triggered" },
    "the longest message, in bytes": {
      body: published({ message: "é".repeat(2048) }),
      text: "é".repeat(2048),
    },
    "three buttons and Markdown": {
      body: published({ markdown: true, actions: [view, view, view] }),
      text: "m\nRunbook\nRunbook\nRunbook",
    },
  },
  refused: {
    "no JSON": { body: "{", ...refused(40_017, "invalid request: request body must be message JSON") },
    "no topic": { body: { message: "m" }, ...refused(40_009, "invalid request: topic invalid") },
    "a topic with a slash": {
      body: published({ topic: "shop/web" }),
      ...refused(40_009, "invalid request: topic invalid"),
    },
    "a topic of 65": {
      body: published({ topic: "t".repeat(65) }),
      ...refused(40_009, "invalid request: topic invalid"),
    },
    "priority 6": { body: published({ priority: 6 }), ...refused(40_007, "invalid priority parameter") },
    "a priority as text": {
      body: published({ priority: "high" }),
      ...refused(40_007, "invalid priority parameter"),
    },
    "four buttons": {
      body: published({ actions: [view, view, view, view] }),
      ...refused(40_018, "invalid request: actions invalid, only 3 actions allowed"),
    },
    "a button of another kind": {
      body: published({ actions: [{ ...view, action: "open" }] }),
      ...refused(40_018, "invalid request: actions invalid, action 'open' unknown"),
    },
    "a button without a label": {
      body: published({ actions: [{ ...view, label: "" }] }),
      ...refused(40_018, "invalid request: actions invalid, parameter 'label' is required"),
    },
    "a button without an address": {
      body: published({ actions: [{ action: "view", label: "Runbook" }] }),
      ...refused(40_018, "invalid request: actions invalid, parameter 'url' is required for action 'view'"),
    },
    "a sequence of 65": {
      body: published({ sequence_id: "s".repeat(65) }),
      ...refused(40_049, "invalid request: sequence ID invalid"),
    },
    "a sequence with a colon": {
      body: published({ sequence_id: "shop:web" }),
      ...refused(40_049, "invalid request: sequence ID invalid"),
    },
    "8193 bytes": {
      body: published({ message: "m".repeat(8193 - JSON.stringify(published({ message: "" })).length) }),
      ...refused(41_303, "JSON body too large"),
    },
    "another path": {
      request: { path: "/v1/mytopic", body: published({}) },
      ...refused(40_401, "page not found"),
    },
  },
  states: {
    unauthorized: refused(40_101, "unauthorized"),
    forbidden: refused(40_301, "forbidden"),
    "daily messages used up": refused(42_908, expect.stringContaining("limit reached")),
    "internal error": refused(50_001, "internal server error"),
  },
  limited: { requests: 60, seconds: 300, ...refused(42_901, "limit reached: too many requests") },
});

describe("the fake of ntfy, beyond that,", () => {
  it("updates a notification of the same sequence and topic in place", async () => {
    await using fake = await startChat(ntfy);
    const { body } = await ask(fake, request(published({ title: "firing", sequence_id: "web-1" })));
    expect(body).toMatchObject({ id: "1", event: "message", topic: "mytopic", sequence_id: "web-1" });
    await ask(fake, request(published({ title: "resolved", sequence_id: "web-1", priority: 2 })));
    await ask(fake, request(published({ topic: "other", sequence_id: "web-1" })));
    await ask(fake, request(published({})));
    expect(fake.messages()).toMatchObject([
      { text: "resolved\nm", edits: 1, place: "mytopic" },
      { place: "other" },
      { thread: undefined },
    ]);
  });

  it("takes 8192 bytes", async () => {
    await using fake = await startChat(ntfy);
    const size = JSON.stringify(published({ message: "" })).length;
    expect((await ask(fake, request(published({ message: "m".repeat(8192 - size) })))).status).toBe(200);
  });

  it("makes a file of a message of more than 4096 bytes", async () => {
    await using fake = await startChat(ntfy);
    await ask(fake, request(published({ message: `${"é".repeat(2048)}.` })));
    expect(fake.messages()).toMatchObject([{ text: "You received a file: attachment.txt" }]);
    expect(fake.losses()).toEqual(["the message became a file"]);
  });

  it.each([
    { authorization: "Bearer tk_1", secret: "tk_1", status: 200 },
    { authorization: "Bearer tk_2", secret: "tk_1", status: 403 },
    { authorization: "Basic dGVzdDpmYWtl", secret: "test:fake", status: 200 },
    { authorization: "", secret: "tk_1", status: 403 },
  ])("knows who may publish: $authorization, $status", async ({ authorization, secret, status }) => {
    await using fake = await startChat(ntfy, { secret });
    expect((await ask(fake, request(published({}), { authorization }))).status).toBe(status);
  });
});
