import { describe, expect, it } from "vitest";
import { z } from "zod";

import type { Notification } from "../../../src/alert/index.ts";
import { parseSink } from "../../../src/sink/index.ts";
import { pushover } from "../../../src/sinks/pushover/pushover.ts";
import { describeChat } from "../../support/describe-chat.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { NOTIFICATIONS } from "../../support/notifications.ts";
import { sendAnything } from "../../support/send-anything.ts";
import { sendToEnd } from "../../support/send-to-end.ts";
import { type FakeChat, startChat } from "../../vendors/chat-vendor.ts";
import { pushover as vendor } from "../../vendors/pushover.ts";

const Body = z.strictObject({
  token: z.string(),
  user: z.string(),
  title: z.string().min(1),
  message: z.string().min(1),
  priority: z.int().min(-2).max(2),
  retry: z.int().min(30).optional(),
  expire: z.int().max(10_800).optional(),
  ttl: z.int().min(1).optional(),
  tags: z.string().optional(),
  url: z.string().max(512).optional(),
  url_title: z.string().max(100).optional(),
});

/** Fails when Pushover would refuse the message, or make a link of something in an Event. */
function expectAcceptable(body: string): void {
  const { title, message } = Body.parse(JSON.parse(body));
  expect(Array.from(title).length).toBeLessThanOrEqual(250);
  expect(Array.from(message).length).toBeLessThanOrEqual(1024);
  expect(title + message).not.toMatch(/\w:\/\/\w|\bwww\.\w/u);
}

const optionsOf = ({ url }: Pick<FakeChat, "url">, secret = "secret") => ({
  url: `${url}/1`,
  token: secret,
  user: secret,
});

describeChat(pushover, {
  vendor,
  signedWith: (secret) => secret,
  options: (fake, secret) => optionsOf(fake, secret),
  check: (body) => expectAcceptable(body),
  states: {
    "wrong token": "broken",
    "wrong user": "broken",
    "no devices": "broken",
    unavailable: "transient",
  },
  edits: false,
});

const EMERGENCIES = { priorities: { warning: 2, info: 2 }, retry: "45s", expire: "2h" };

describe("a message to Pushover", () => {
  it("stays within its limits whatever an Event says", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(pushover, optionsOf(fake));
    await sendAnything(sink, fake, { check: expectAcceptable, prefix: "镜像拉取失败\n" });
    await sink.close();
  });

  it.each([
    ["first", { priorities: { warning: 1 } }, { priority: 1 }],
    ["first", { ttl: "90s" }, { priority: 0, ttl: 90 }],
    ["first", EMERGENCIES, { priority: 2, retry: 45, expire: 7200 }],
    ["test", EMERGENCIES, { priority: 0 }],
    ["resolved by an event", EMERGENCIES, { priority: 0 }],
    ["resolved by an event", { priorities: { warning: -2 } }, { priority: -2 }],
  ])("%s with %j has %j", async (name, options, expected) => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(pushover, { ...optionsOf(fake), ...options });
    await sendOnce(sink, storyOf(name));
    await sink.close();
    const { priority, retry, expire, ttl } = Body.parse(JSON.parse(fake.bodies()[0] ?? ""));
    expect({ priority, retry, expire, ttl }).toEqual({
      retry: undefined,
      expire: undefined,
      ttl: undefined,
      ...expected,
    });
  });

  it("links to the alert", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(pushover, optionsOf(fake));
    await sendOnce(sink, storyOf("first"));
    await sink.close();
    expect(Body.parse(JSON.parse(fake.bodies()[0] ?? ""))).toMatchObject({
      url: expect.stringContaining("/alerts/"),
      url_title: "Details",
    });
  });

  it("ends the ringing of every emergency of its group with the group", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(pushover, { ...optionsOf(fake), ...EMERGENCIES });
    const first = await sendToEnd(sink, storyOf("first"));
    const later = await sendToEnd(sink, storyOf("repeat"), first);
    expect(fake.messages().map(({ state }) => state)).toEqual(["closed", "open"]);
    await sendToEnd(sink, storyOf("resolved by an event"), later);
    await sink.close();
    expect(fake.messages().map(({ state }) => state)).toEqual(["closed", "closed", undefined]);
  });

  it("goes on when an emergency is over already", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(pushover, { ...optionsOf(fake), ...EMERGENCIES });
    let memory = await sendToEnd(sink, storyOf("first"));
    for (let times = 0; times < 2; times++) {
      fake.script(
        { status: 200, body: '{"status":1,"receipt":"r9"}' },
        { status: 404, body: '{"status":0,"errors":["receipt not found; may be invalid or expired"]}' },
      );
      memory = await sendToEnd(sink, storyOf("repeat"), memory);
    }
    await sendToEnd(sink, storyOf("resolved by an event"), memory);
    await sink.close();
    expect(fake.messages().map(({ state }) => state)).toEqual(["closed", undefined]);
  });

  it("is one of a group of its own only where there are emergencies", () => {
    const mergeOf = (more: object) =>
      parseSink({ name: "ops", type: "pushover", token: { env: "T" }, user: { env: "U" }, ...more }, [
        pushover,
      ]).sink?.common.merges;
    expect([mergeOf({}), mergeOf(EMERGENCIES)]).toEqual([true, false]);
  });

  it.each([
    [{ priorities: { critical: 3 } }, /2/u],
    [{ retry: "10s" }, /must be 30s at least/u],
    [{ expire: "4h" }, /must be 3h at most/u],
    [{ ttl: "366d" }, /must be 365d at most/u],
  ])("refuses %j", (wrong, message) => {
    const entry = { name: "ops", type: "pushover", token: { env: "T" }, user: { env: "U" }, ...wrong };
    const { faults } = parseSink(entry, [pushover]);
    expect(faults.map((fault) => fault.message).join()).toMatch(message);
  });
});

describe("the answers of Pushover", () => {
  it.each([
    [400, "application token is invalid", "unauthorized", "broken", "API token"],
    [400, "user identifier is not a valid user", "not-found", "broken", "key of the user"],
    [400, "user has no active devices", "not-found", "broken", "no phone"],
    [400, "message cannot be blank", "rejected", "poison", "cannot be blank"],
    [429, "application is over its quota", "rate-limited", "transient", "used up"],
    [500, "try again", "server", "transient", "500"],
  ])("take %i %s as %s", async (status, said, failure, kind, words) => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(pushover, optionsOf(fake));
    fake.answer({ status, body: JSON.stringify({ status: 0, errors: [said], request: "x" }) });
    const thrown = await failureOfSending(sink);
    await sink.close();
    expect(thrown).toMatchObject({ failure, class: kind, message: expect.stringContaining(words) });
  });
});

function storyOf(name: string): Notification {
  const told = NOTIFICATIONS[name];
  if (told === undefined) throw new Error(`no notification ${name}`);
  return told;
}
