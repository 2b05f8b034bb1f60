import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { parseSink } from "../../../src/sink/index.ts";
import { telegram } from "../../../src/sinks/telegram/telegram.ts";
import { STORIES } from "../../sink/present/stories.ts";
import { anyString } from "../../support/any-string.ts";
import { describeChat } from "../../support/describe-chat.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { type Answer, startReceiver } from "../../support/fake-receiver.ts";
import { makeNotification, makeNotificationOf, NOTIFICATIONS } from "../../support/notifications.ts";
import { rounds } from "../../support/rounds.ts";
import { sendToEnd } from "../../support/send-to-end.ts";
import { telegram as vendor } from "../../vendors/telegram.ts";

const SENT = { status: 200, body: '{"ok":true,"result":{"message_id":42,"date":1,"chat":{"id":-100}}}' };
const startTelegram = () => startReceiver(SENT);

const Body = z.strictObject({
  chat_id: z.string(),
  message_thread_id: z.int().optional(),
  text: z.string().min(1),
  parse_mode: z.literal("HTML").optional(),
  entities: z.array(z.object({ type: z.literal("pre"), offset: z.literal(0), length: z.int() })).optional(),
  link_preview_options: z.object({ is_disabled: z.literal(true) }),
});

const TAGS = /<(\/?)(b|code|pre|a)(?: href="[^"<>]*")?>/gu;

/** Fails when Telegram would refuse the message, or when something of an Event is live in it. */
function expectAcceptable(body: string): void {
  const { text, parse_mode: mode, entities } = Body.parse(JSON.parse(body));
  if (mode === undefined) expectCode(text, entities);
  else expectHtml(text);
}

function expectCode(text: string, entities: z.infer<typeof Body>["entities"]): void {
  expect(entities).toEqual([{ type: "pre", offset: 0, length: text.length }]);
}

function expectHtml(text: string): void {
  expectBalanced(text);
  const visible = text.replaceAll(TAGS, "").replaceAll(/&(?:amp|lt|gt|quot);/gu, ".");
  expect(visible).not.toMatch(/[<>]/u);
  expect(visible.length).toBeLessThanOrEqual(4096);
  expect(text.length).toBeLessThanOrEqual(32 * 1024);
  const words = text.replaceAll(/<(code|pre|a)\b.*?<\/\1>/gsu, "").replaceAll(/&\w+;/gu, " ");
  expect(words).not.toMatch(/@\w|:\/\/|\.\p{L}|(?<![\p{L}\p{N}_<])[/#$]\p{L}/u);
}

/** Tags are closed in their order, and code holds none and is in none. */
function expectBalanced(text: string): void {
  const open: string[] = [];
  for (const [, slash, tag = ""] of text.matchAll(TAGS)) {
    if (slash === "/") expect(open.pop()).toBe(tag);
    else {
      expect(open.filter(() => open.includes("code") || open.includes("pre") || tag !== "b")).toEqual([]);
      open.push(tag);
    }
  }
  expect(open).toEqual([]);
}

describeChat(telegram, {
  vendor,
  options: ({ url }, secret) => ({ url, token: `123456:${secret}`, chat: "-1001234567890" }),
  check: (body) => expectAcceptable(body),
  states: {
    "wrong token": "broken",
    "chat missing": "broken",
    // Where the new chat has the same answer, there is none.
    "group became a supergroup": "broken",
    "topic closed": "broken",
    "topic missing": "broken",
    "no right to write": "broken",
    "bot kicked": "broken",
    "bot blocked": "broken",
    "internal error": "transient",
  },
  edits: true,
});

const OPTIONS = { token: "123456:token-of-tests", chat: -1_001_234_567_890 };

async function sendTo(answers: readonly Answer[], options = {}) {
  const receiver = await startTelegram();
  receiver.script(...answers);
  const { sink, log } = makeSink(telegram, { ...OPTIONS, url: receiver.url, ...options });
  return {
    receiver,
    sink,
    log,
    bodies: () => receiver.bodies().map((body) => Body.parse(JSON.parse(body))),
    [Symbol.asyncDispose]: async () => {
      await sink.close();
      await receiver.close();
    },
  };
}

describe("G1: a message to Telegram", () => {
  it.each(Object.entries(STORIES))(
    "has balanced HTML of at most 4096 visible characters: %s",
    async (_, told) => {
      await using made = await sendTo([]);
      await sendOnce(made.sink, told);
      for (const body of made.receiver.bodies()) expectAcceptable(body);
    },
  );

  it("stays within every limit whatever an Event says", async () => {
    await using made = await sendTo([]);
    await fc.assert(
      fc.asyncProperty(anyString(4000), fc.integer({ min: 1, max: 40 }), async (text, times) => {
        made.receiver.reset();
        await sendOnce(made.sink, makeNotificationOf(text.repeat(times)));
        for (const body of made.receiver.bodies()) expectAcceptable(body);
      }),
      { numRuns: rounds(60) },
    );
  });

  it("is sent once more without a parse mode when Telegram cannot parse it", async () => {
    const refusal = "Bad Request: can't parse entities: Can't find end tag";
    await using made = await sendTo([
      { status: 400, body: JSON.stringify({ ok: false, error_code: 400, description: refusal }) },
    ]);
    await sendOnce(made.sink, makeNotificationOf("@durov <b> https://evil.example"));
    const [first, second, ...others] = made.bodies();
    expect(first?.parse_mode).toBe("HTML");
    expect(second).not.toHaveProperty("parse_mode");
    expect(second?.text).toContain("@durov <b> https://evil.example");
    expect(second?.entities).toEqual([{ type: "pre", offset: 0, length: second?.text.length }]);
    expect(others).toEqual([]);
  });

  it("follows its group to the new id, and so does every later one", async () => {
    const migrated = {
      ok: false,
      error_code: 400,
      description: "Bad Request: group chat was upgraded to a supergroup chat",
      parameters: { migrate_to_chat_id: -1_009_876_543_210 },
    };
    await using made = await sendTo([{ status: 400, body: JSON.stringify(migrated) }]);
    await sendOnce(made.sink);
    await sendOnce(made.sink);
    expect(made.bodies().map(({ chat_id: chat }) => chat)).toEqual([
      "-1001234567890",
      "-1009876543210",
      "-1009876543210",
    ]);
  });

  it("goes into its topic, with whom the configuration mentions", async () => {
    await using made = await sendTo([], { topic: 7, mentions: { warning: ["@ops_lead"] } });
    await sendOnce(made.sink, makeNotification());
    const [body] = made.bodies();
    expect(body?.message_thread_id).toBe(7);
    expect(body?.text).toMatch(/^.* @ops_lead\n/u);
    expect(made.receiver.requests[0]?.path).toBe("/bot123456:token-of-tests/sendMessage");
  });
});

describe("the first message of a group in Telegram", () => {
  const [first, repeat, end] = ["first", "repeat", "resolved by an event"].map(
    (name) => NOTIFICATIONS[name] ?? makeNotification(),
  );

  it("is answered and changed, and green at the end", async () => {
    await using made = await sendTo([], { topic: 7 });
    const memory = await sendToEnd(made.sink, first ?? makeNotification());
    const later = await sendToEnd(made.sink, repeat ?? makeNotification(), memory);
    await sendToEnd(made.sink, end ?? makeNotification(), later);
    const requests = made.receiver.requests.map(({ path, body }) => {
      const { text, ...rest } = z.looseObject({ text: z.string() }).parse(JSON.parse(body));
      const { message_thread_id: topic, message_id: edited, reply_parameters: answered } = rest;
      return [path.split("/").at(-1), text.slice(0, 2), { topic, edited, answered }];
    });
    const answer = { topic: 7, edited: undefined, answered: { message_id: 42 } };
    const edit = { topic: undefined, edited: 42, answered: undefined };
    expect(requests).toEqual([
      ["sendMessage", "🟠", { topic: 7, edited: undefined, answered: undefined }],
      ["sendMessage", "🟠", answer],
      ["editMessageText", "🟠", edit],
      ["sendMessage", "🟢", answer],
      ["editMessageText", "🟢", edit],
    ]);
  });

  it("counts as changed when it says the same already", async () => {
    await using made = await sendTo([]);
    const memory = await sendToEnd(made.sink, first ?? makeNotification());
    const description =
      "Bad Request: message is not modified: specified new message content is exactly the same";
    made.receiver.script(SENT, { status: 400, body: JSON.stringify({ ok: false, description }) });
    expect(await sendToEnd(made.sink, end ?? makeNotification(), memory)).toBeUndefined();
    expect(made.receiver.requests).toHaveLength(3);
  });

  it.each(["message to be replied not found", "message to reply not found"])(
    "is followed by a new one once it is gone: %s",
    async (words) => {
      await using made = await sendTo([]);
      const memory = await sendToEnd(made.sink, first ?? makeNotification());
      const description = `Bad Request: ${words}`;
      made.receiver.script({ status: 400, body: JSON.stringify({ ok: false, description }) });
      await sendToEnd(made.sink, repeat ?? makeNotification(), memory);
      const [, answer, next, ...others] = made.receiver.requests;
      expect(answer?.body).toContain("reply_parameters");
      expect(next?.body).not.toContain("reply_parameters");
      expect(others).toEqual([]);
    },
  );
});

describe("the answers of Telegram", () => {
  it.each([
    [400, "Bad Request: chat not found", "not-found", "broken", "invite the bot"],
    [
      403,
      "Forbidden: bot was kicked from the supergroup chat",
      "not-found",
      "broken",
      "invite the bot again",
    ],
    [403, "Forbidden: bot was blocked by the user", "not-found", "broken", "blocked"],
    [403, "Forbidden: something new", "unauthorized", "broken", "something new"],
    [
      400,
      "Bad Request: not enough rights to send text messages to the chat",
      "unauthorized",
      "broken",
      "write",
    ],
    [400, "Bad Request: message thread not found", "not-found", "broken", "topic"],
    [400, "Bad Request: TOPIC_CLOSED", "not-found", "broken", "topic"],
    [400, "Bad Request: message is too long", "too-large", "poison", "message is too long"],
    [401, "Unauthorized", "unauthorized", "broken", "@BotFather"],
    [404, "Not Found", "not-found", "broken", "Not Found"],
    [500, "Internal Server Error", "server", "transient", "500"],
  ])("take %s %s as %s", async (status, description, failure, kind, words) => {
    await using made = await sendTo([]);
    made.receiver.answer({ status, body: JSON.stringify({ ok: false, error_code: status, description }) });
    const thrown = await failureOfSending(made.sink);
    expect(thrown).toMatchObject({ failure, class: kind, message: expect.stringContaining(words) });
  });

  it("say in their body how long to wait", async () => {
    const body = {
      ok: false,
      error_code: 429,
      description: "Too Many Requests: retry after 35",
      parameters: { retry_after: 35 },
    };
    await using made = await sendTo([{ status: 429, body: JSON.stringify(body) }]);
    expect(await failureOfSending(made.sink)).toMatchObject({ class: "transient", retryAfterMs: 35_000 });
  });
});

it.each(["ops", "-100x", "", "@a"])("a chat is an id or a public name, not %j", (chat) => {
  const entry = { name: "ops", type: "telegram", token: { env: "TOKEN" }, chat };
  expect(parseSink(entry, [telegram]).faults.map(({ message }) => message)).toEqual([
    expect.stringContaining("expected the id of a chat"),
  ]);
});
