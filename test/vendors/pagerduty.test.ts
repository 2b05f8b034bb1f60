import { describe, expect, it } from "vitest";

import { startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { pagerduty } from "./pagerduty.ts";

const KEY = "R015J4SL5HMUC8WUC7W4LUJB6NPHOR4H";
const request = (body: unknown) => ({ path: "/v2/enqueue", body });
const payload = { summary: "web-1 fails", source: "prod-eu1", severity: "critical" };
const trigger = (change: object = {}, top: object = {}) => ({
  routing_key: KEY,
  event_action: "trigger",
  dedup_key: "web-1",
  payload: { ...payload, ...change },
  ...top,
});
const refused = (...errors: readonly string[]) => ({
  status: 400,
  answer: { status: "invalid event", message: "Event object is invalid", errors },
});

describeVendor(pagerduty, {
  request,
  accepted: {
    // https://developer.pagerduty.com/docs/send-alert-event, with a key of 32 characters
    "the example of the page": {
      body: {
        payload: {
          summary: "Example alert on host1.example.com",
          timestamp: "2015-07-17T08:42:58.315+0000",
          source: "monitoringtool:cloudvendor:central-region-dc-01:852559987:cluster/api-stats-prod-003",
          severity: "info",
          component: "postgres",
          group: "prod-datapipe",
          class: "deploy",
          custom_details: { "ping time": "1500ms", "load avg": 0.75 },
        },
        routing_key: KEY,
        images: [
          { src: "https://www.pagerduty.com/logo.png", href: "https://example.com/", alt: "Example text" },
        ],
        links: [{ href: "https://example.com/", text: "Link text" }],
        event_action: "trigger",
        client: "Sample Monitoring Service",
        client_url: "https://monitoring.example.com",
      },
      text: "Example alert on host1.example.com",
    },
    "the longest summary and key": {
      body: trigger({ summary: "🔥".repeat(1024) }, { dedup_key: "k".repeat(255) }),
      text: "🔥".repeat(1024),
    },
  },
  refused: {
    "no JSON": { body: "{", status: 400, answer: { status: "invalid event" } },
    "no action": {
      body: { ...trigger(), event_action: undefined },
      ...refused(
        "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')",
      ),
    },
    "no payload": { body: trigger({}, { payload: undefined }), ...refused("'payload' is missing or blank") },
    "an empty summary": {
      body: trigger({ summary: " " }),
      ...refused("'payload.summary' is missing or blank"),
    },
    "no source": { body: trigger({ source: undefined }), ...refused("'payload.source' is missing or blank") },
    "a summary of 1025": {
      body: trigger({ summary: "s".repeat(1025) }),
      ...refused("'payload.summary' is too long (maximum is 1024 characters)"),
    },
    "a severity of ours": {
      body: trigger({ severity: "page" }),
      ...refused(
        "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
      ),
    },
    "a time that is none": {
      body: trigger({ timestamp: "now" }),
      ...refused("'payload.timestamp' is invalid (must be ISO 8601)"),
    },
    "a short routing key": {
      body: trigger({}, { routing_key: "samplekeyhere" }),
      ...refused("Length of 'routing_key' is incorrect (should be 32 characters)"),
    },
    "a key of 256": {
      body: trigger({}, { dedup_key: "k".repeat(256) }),
      ...refused("'dedup_key' is too long (maximum is 255 characters)"),
    },
    "a link without an address": {
      body: trigger({}, { links: [{ text: "runbook" }] }),
      ...refused("'links.0.href' is missing or blank"),
    },
    "more than 512,000 bytes": {
      body: trigger({ custom_details: { log: "火".repeat(171_000) } }),
      ...refused("event is too large (maximum is 512 KB)"),
    },
    "another path": { request: { path: "/v1/enqueue", body: trigger() }, status: 404, answer: "" },
  },
  states: {
    "wrong key": { status: 400, answer: { message: "Invalid routing key" } },
    "internal error": { status: 500, answer: "" },
  },
  limited: {
    requests: 120,
    seconds: 60,
    status: 429,
    answer: { status: "throttle exceeded" },
  },
});

describe("the fake of pagerduty, beyond that,", () => {
  const follow = (event_action: string, change: object = {}) =>
    request({ routing_key: KEY, event_action, dedup_key: "web-1", ...change });

  it("keeps one alert for a key, from trigger to resolve", async () => {
    await using fake = await startChat(pagerduty);
    const { status, body } = await ask(fake, request(trigger()));
    expect({ status, body }).toEqual({
      status: 202,
      body: { status: "success", message: "Event processed", dedup_key: "web-1" },
    });
    await ask(fake, request(trigger({ summary: "again" })));
    expect(fake.messages()).toMatchObject([
      { state: "open", text: "web-1 fails", edits: 1, thread: "web-1" },
    ]);
    await ask(fake, follow("acknowledge"));
    expect(fake.messages()).toMatchObject([{ state: "acknowledged" }]);
    await ask(fake, follow("resolve"));
    expect(fake.messages()).toMatchObject([{ state: "closed" }]);
    await ask(fake, request(trigger()));
    expect(fake.messages()).toMatchObject([{ state: "closed" }, { state: "open" }]);
  });

  it("drops the end of an alert that is not open, or has another routing key", async () => {
    await using fake = await startChat(pagerduty);
    await ask(fake, request(trigger()));
    const { status } = await ask(fake, follow("resolve", { routing_key: "a".repeat(32) }));
    expect(status).toBe(202);
    expect(fake.messages()).toMatchObject([{ state: "open" }]);
    await ask(fake, follow("resolve"));
    await ask(fake, follow("resolve"));
    expect(fake.losses()).toHaveLength(2);
  });

  it("takes an event of 512,000 bytes", async () => {
    await using fake = await startChat(pagerduty);
    const size = (log: string) => JSON.stringify(trigger({ custom_details: { log } })).length;
    const log = "l".repeat(512_000 - size(""));
    expect((await ask(fake, request(trigger({ custom_details: { log } })))).status).toBe(202);
    expect((await ask(fake, request(trigger({ custom_details: { log: `${log}l` } })))).status).toBe(400);
  });

  it("makes a key of its own where there is none", async () => {
    await using fake = await startChat(pagerduty);
    await ask(fake, request(trigger({}, { dedup_key: undefined })));
    await ask(fake, request(trigger({}, { dedup_key: undefined })));
    expect(fake.messages()).toHaveLength(2);
  });
});
