import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cleanText } from "../../../src/lib/text.ts";
import { parseSink } from "../../../src/sink/index.ts";
import { present } from "../../../src/sink/present/index.ts";
import { discord } from "../../../src/sinks/discord/discord.ts";
import { type DiscordPayload, toPayload, toPlainPayload } from "../../../src/sinks/discord/payload.ts";
import { STORIES, toldAt } from "../../sink/present/stories.ts";
import { anyString } from "../../support/any-string.ts";
import { describeChat } from "../../support/describe-chat.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { startReceiver } from "../../support/fake-receiver.ts";
import { makeNotification, makeNotificationOf, NOTIFICATIONS } from "../../support/notifications.ts";
import { rounds } from "../../support/rounds.ts";
import { sendToEnd } from "../../support/send-to-end.ts";
import { discord as vendor } from "../../vendors/discord.ts";

const SAVED = { status: 200, body: JSON.stringify({ id: "1100000000000000001", channel_id: "7", type: 0 }) };
const startDiscord = () => startReceiver(SAVED);

/** Of the configuration of these tests. */
const MENTION = "<@&123456789012345678>";

/** Fails when Discord would refuse the payload, or when something of an Event is live in it. */
function expectAcceptable(payload: DiscordPayload): void {
  const { content = "", embeds = [], allowed_mentions: allowed } = payload;
  expect(content.trim()).not.toBe("");
  expect(content.length).toBeLessThanOrEqual(2000);
  let sum = 0;
  for (const { description = "", footer, color } of embeds) {
    expect(color).toBeLessThanOrEqual(0xffffff);
    expect(description.length).toBeLessThanOrEqual(4096);
    expect(footer?.text.length ?? 0).toBeLessThanOrEqual(2048);
    sum += description.length + (footer?.text.length ?? 0);
    expectInert(description);
  }
  expect(sum).toBeLessThanOrEqual(6000);
  expect(allowed).toMatchObject({ parse: [] });
  expectInert(content);
}

function expectInert(markup: string): void {
  const words = markup
    .replaceAll(/```[^`]*```|`[^`]*`/gu, "")
    .replaceAll(/\[(?:Runbook|Dashboard|Silence|Details)\]\([^()\s]*\)/gu, "")
    .replaceAll(/<t:-?\d+:[tTf]>/gu, "")
    .replaceAll(MENTION, "");
  expect(words).not.toMatch(/(?<!\\)<[@#:/at]|@(?:everyone|here)|(?<!\\)\]\(|:\/\/|(?<!\\)\|\|/u);
}

// The body that arrived is what `toPayload` makes.
const parse = (body: string): DiscordPayload => JSON.parse(body) as DiscordPayload;

describeChat(discord, {
  vendor,
  options: ({ url }, secret) => ({ url: `${url}/api/webhooks/1/${secret}` }),
  check: (body) => expectAcceptable(parse(body)),
  states: {
    "webhook deleted": "broken",
    "wrong token": "broken",
    "channel missing": "broken",
    "thread archived": "broken",
    "forum without thread": "broken",
  },
  edits: true,
});

describe("D1: a message to Discord", () => {
  it.each(Object.entries(STORIES))("is accepted and notifies nobody by an Event: %s", (_, told) => {
    const message = { shown: present(told, toldAt(told)), mentions: [], now: toldAt(told) };
    expectAcceptable(toPayload(message));
    expectAcceptable(toPlainPayload(message));
  });

  it("stays within every limit whatever an Event says", () => {
    fc.assert(
      fc.property(anyString(6000), fc.integer({ min: 1, max: 40 }), (text, times) => {
        const told = makeNotificationOf(text.repeat(times));
        const message = { shown: present(told, toldAt(told)), mentions: [MENTION], now: 0 };
        expectAcceptable(toPayload(message));
        expectAcceptable(toPlainPayload(message));
      }),
      { numRuns: rounds(60) },
    );
  });

  it("waits for Discord to save it, and goes into the thread that is configured", async () => {
    await using receiver = await startDiscord();
    const { sink } = makeSink(discord, { url: `${receiver.url}/w`, threadId: "1234567890123456789" });
    await sendOnce(sink);
    await sink.close();
    expect(receiver.requests.map(({ path }) => path)).toEqual(["/w?wait=true&thread_id=1234567890123456789"]);
  });

  it("mentions only roles and people of the configuration", async () => {
    await using receiver = await startDiscord();
    const mentions = { warning: ["<@&123456789012345678>", "<@876543210987654321>"] };
    const { sink } = makeSink(discord, { url: receiver.url, mentions });
    await sendOnce(sink, makeNotification({ title: "<@&999999999999999999>" }));
    await sink.close();
    const [payload] = receiver.bodies().map(parse);
    expect(payload?.content).toMatch(/ <@&123456789012345678> <@876543210987654321>$/u);
    expect(payload?.allowed_mentions).toEqual({
      parse: [],
      roles: ["123456789012345678"],
      users: ["876543210987654321"],
    });
  });

  it.each(["@everyone", "@here", "<@&ops>", "ops"])("cannot mention %s", (mention) => {
    const entry = { name: "ops", type: "discord", url: { env: "URL" }, mentions: { critical: [mention] } };
    expect(parseSink(entry, [discord]).faults.map(({ message }) => message)).toEqual([
      expect.stringContaining("not a mention"),
    ]);
  });

  it("is sent once more without an embed when Discord refuses a field", async () => {
    await using receiver = await startDiscord();
    receiver.script({ status: 400, body: '{"message":"Invalid Form Body","code":50035,"errors":{}}' });
    const { sink, log } = makeSink(discord, { url: receiver.url });
    await sendOnce(sink);
    await sink.close();
    const [first, second] = receiver.bodies().map(parse);
    expect(first?.embeds).toHaveLength(1);
    expect(second?.embeds).toEqual([]);
    expect(second?.content).toContain("Back-off pulling image");
    expect(log.join("")).toContain("discord answered 400 50035");
  });
});

describe("the first message of a group in Discord", () => {
  const requestsOf = ({ requests }: Awaited<ReturnType<typeof startDiscord>>) =>
    requests.map(({ method, path, body }) => `${method} ${path} ${parse(body).content?.slice(0, 30)}`);

  it("is changed to the state of now after each message, and green at the end", async () => {
    await using receiver = await startDiscord();
    const { sink } = makeSink(discord, { url: `${receiver.url}/w`, threadId: "1234567890123456789" });
    const memory = await sendToEnd(sink, NOTIFICATIONS["first"] ?? makeNotification());
    const later = await sendToEnd(sink, NOTIFICATIONS["repeat"] ?? makeNotification(), memory);
    await sendToEnd(sink, NOTIFICATIONS["resolved by an event"] ?? makeNotification(), later);
    await sink.close();
    const edit = "PATCH /w/messages/1100000000000000001?thread_id=1234567890123456789";
    expect(requestsOf(receiver)).toEqual([
      expect.stringMatching(/^POST .* 🟠/u),
      expect.stringMatching(/^POST .* 🟠/u),
      expect.stringContaining(`${edit} 🟠`),
      expect.stringMatching(/^POST .* 🟢/u),
      expect.stringContaining(`${edit} 🟢`),
    ]);
  });

  it.each([
    [404, '{"message":"Unknown Message","code":10008}'],
    [429, '{"message":"Maximum number of edits to messages older than 1 hour","code":30046}'],
  ])("is left as it is when it cannot be changed: %s %s", async (status, body) => {
    await using receiver = await startDiscord();
    const { sink } = makeSink(discord, { url: receiver.url });
    const memory = await sendToEnd(sink, NOTIFICATIONS["first"] ?? makeNotification());
    receiver.script(SAVED, { status, body });
    const end = NOTIFICATIONS["resolved by an event"] ?? makeNotification();
    expect(await sendToEnd(sink, end, memory)).toBeUndefined();
    await sink.close();
    expect(receiver.requests.map(({ method }) => method)).toEqual(["POST", "POST", "PATCH"]);
  });

  it("has no embed any more once it goes on in another one", async () => {
    await using receiver = await startDiscord();
    const { sink } = makeSink(discord, { url: receiver.url });
    const memory = await sendToEnd(sink, NOTIFICATIONS["first"] ?? makeNotification());
    await sendToEnd(sink, NOTIFICATIONS["worse severity"] ?? makeNotification(), memory);
    await sink.close();
    const last = receiver.requests.at(-1);
    expect(last?.method).toBe("PATCH");
    expect(parse(last?.body ?? "")).toMatchObject({ content: expect.stringContaining("⚪"), embeds: [] });
  });
});

describe("the answers of Discord", () => {
  it.each([
    [404, { message: "Unknown Webhook", code: 10_015 }, "not-found", "broken", "webhook was deleted"],
    [401, { message: "Invalid Webhook Token", code: 50_027 }, "unauthorized", "broken", "new webhook URL"],
    [404, { message: "Unknown Channel", code: 10_003 }, "not-found", "broken", "channel is gone"],
    [401, { message: "401: Unauthorized", code: 0 }, "unauthorized", "broken", "401: Unauthorized"],
    [400, { message: "needs a thread", code: 220_001 }, "rejected", "broken", "set threadId"],
    [400, { message: "Thread is archived", code: 50_083 }, "rejected", "broken", "archived"],
    [400, { message: "Cannot send an empty message", code: 50_006 }, "rejected", "poison", "empty"],
    [400, { message: "a word of tomorrow", code: 99_999 }, "rejected", "poison", "99999"],
    [413, { message: "Request entity too large", code: 40_005 }, "too-large", "poison", "too large"],
    [502, "<html>bad gateway</html>", "server", "transient", "HTML page"],
  ])("take %s %j as %s", async (status, body, failure, kind, words) => {
    await using receiver = await startDiscord();
    receiver.answer({ status, body: typeof body === "string" ? body : JSON.stringify(body) });
    const { sink } = makeSink(discord, { url: receiver.url });
    const thrown = await failureOfSending(sink);
    await sink.close();
    expect(thrown).toMatchObject({ failure, class: kind, message: expect.stringContaining(words) });
  });

  it("D1: name a webhook that was deleted, which is not called again in that attempt", async () => {
    await using receiver = await startDiscord();
    receiver.answer({ status: 404, body: '{"message":"Unknown Webhook","code":10015}' });
    const { sink } = makeSink(discord, { url: receiver.url });
    const { message } = await failureOfSending(sink);
    await sink.close();
    expect(message).toBe(
      "discord answered 404 10015: the webhook was deleted; create a new webhook URL: Unknown Webhook",
    );
    expect(receiver.requests).toHaveLength(1);
  });

  it("say in seconds with a fraction how long to wait", async () => {
    await using receiver = await startDiscord();
    receiver.answer({ status: 429, body: '{"message":"slow down","retry_after":1.337,"global":false}' });
    const { sink } = makeSink(discord, { url: receiver.url });
    expect(await failureOfSending(sink)).toMatchObject({ class: "transient", retryAfterMs: 1337 });
    await sink.close();
  });
});

it("the text of a notification on a phone has no hidden signs", () => {
  const told = STORIES["firing"] ?? makeNotification();
  const { content = "" } = toPayload({
    shown: present(told, toldAt(told)),
    mentions: [],
    now: toldAt(told),
  });
  expect(content).toBe(cleanText(content));
});
