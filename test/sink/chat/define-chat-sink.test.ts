import { describe, expect, it } from "vitest";
import { z } from "zod";

import { strict } from "../../../src/lib/schema.ts";
import { SecretRef } from "../../../src/lib/secret.ts";
import { defineChatSink } from "../../../src/sink/chat/define-chat-sink.ts";
import { DIALECTS } from "../../../src/sink/chat/dialects/dialects.ts";
import { layOut } from "../../../src/sink/chat/layout.ts";
import { mentionsOption } from "../../../src/sink/chat/mentions.ts";
import { parseSink, previewOf } from "../../../src/sink/index.ts";
import { describeSink, failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { startReceiver } from "../../support/fake-receiver.ts";
import { makeNotification } from "../../support/notifications.ts";

const LIMIT = 1500;

const Options = strict({
  url: SecretRef,
  room: z.string().default("lobby"),
  mentions: mentionsOption(/^@[a-z]+$/u, "write @name"),
});

const Answer = z.object({ ok: z.boolean(), error: z.string().optional(), movedTo: z.string().optional() });

/** A chat as small as one can be. */
const chat = defineChatSink({
  type: "chat",
  options: Options,
  traits: () => ({ rateLimit: { count: 1, perMs: 1000 }, concurrency: 1 }),
  connect: ({ url, room }, open) => {
    const address = open(url);
    let current = room;
    return {
      target: (now) => ({ url: address.reveal(), query: { at: String(now) }, fields: { room: current } }),
      learn: (json) => {
        const { movedTo } = Answer.partial().safeParse(json).data ?? {};
        if (movedTo === undefined) return false;
        current = movedTo;
        return true;
      },
    };
  },
  render: ({ shown, mentions, now }) => ({
    body: { markup: layOut(shown, { dialect: DIALECTS.markdown, limit: LIMIT, now, mentions }) },
  }),
  plain: ({ shown, mentions, now }) => ({
    body: { words: layOut(shown, { dialect: DIALECTS.defused, limit: LIMIT, now, mentions }) },
  }),
  answers: {
    read: (json) => {
      const { data } = Answer.safeParse(json);
      if (data === undefined) return undefined;
      return data.ok ? { says: "yes" } : { says: "no", word: data.error ?? "" };
    },
    words: new Map([
      ["gone", { failure: "gone", class: "broken", hint: "the room was deleted" }],
      ["busy", { failure: "rate-limited", class: "transient", hint: "it is busy", waitMs: 5000 }],
    ]),
  },
});

const YES = '{"ok":true}';
const startChat = () => startReceiver({ status: 200, body: YES });

describeSink(chat, {
  receiver: startChat,
  options: ({ url }, secret) => ({ url: `${url}/hooks/${secret}` }),
  check: (body) => {
    const { markup } = z.object({ markup: z.string(), room: z.literal("lobby") }).parse(JSON.parse(body));
    expect(markup.length).toBeLessThanOrEqual(LIMIT);
    expect(markup.replaceAll(/```[^`]*```|`[^`]*`/gu, "")).not.toMatch(/@[a-z]|!\[/u);
  },
});

describe("a chat", () => {
  async function sendTo(answers: readonly { status?: number; body: string }[], options = {}) {
    const receiver = await startChat();
    receiver.script(...answers.map((answer) => ({ status: 200, ...answer })));
    const { sink, log } = makeSink(chat, { url: receiver.url, ...options });
    const thrown: unknown = await sendOnce(sink, makeNotification({ severity: "critical" })).catch(
      (error: unknown) => error,
    );
    await sink.close();
    await receiver.close();
    return {
      thrown,
      log: log.join(""),
      paths: receiver.requests.map(({ path }) => path),
      bodies: receiver.bodies().map((body): unknown => JSON.parse(body)),
    };
  }

  it("gets the plain form once it cannot read a message", async () => {
    const { thrown, bodies, log } = await sendTo([{ body: '{"ok":false,"error":"bad_markup"}' }]);
    expect(thrown).toBeUndefined();
    expect(bodies).toEqual([
      expect.objectContaining({ markup: expect.stringContaining("**") }),
      expect.objectContaining({ words: expect.stringContaining("Image cannot be pulled") }),
    ]);
    expect(log).toContain("chat answered 200 bad_markup");
  });

  it("gets no third form", async () => {
    const no = { status: 400, body: '{"ok":false,"error":"bad_markup"}' };
    const { thrown, bodies } = await sendTo([no, no]);
    expect(thrown).toMatchObject({ class: "poison", failure: "rejected" });
    expect(bodies).toHaveLength(2);
  });

  it("gets nothing more once it is broken, and the failure says what to do", async () => {
    const { thrown, bodies } = await sendTo([{ body: '{"ok":false,"error":"gone"}' }]);
    expect(thrown).toMatchObject({
      class: "broken",
      failure: "gone",
      message: "chat answered 200 gone: the room was deleted",
    });
    expect(bodies).toHaveLength(1);
  });

  it("gets the same once more when its answer says where it is now, and then everything there", async () => {
    const { thrown, bodies } = await sendTo([
      { status: 400, body: '{"ok":false,"error":"moved","movedTo":"attic"}' },
    ]);
    expect(thrown).toBeUndefined();
    expect(bodies).toEqual([
      expect.objectContaining({ room: "lobby", markup: expect.any(String) }),
      expect.objectContaining({ room: "attic", markup: expect.any(String) }),
    ]);
  });

  it("is asked with a signature of each request", async () => {
    const { paths } = await sendTo([]);
    expect(paths).toEqual([expect.stringMatching(/^\/\?at=\d+$/u)]);
  });

  it("has the message when it says so in unknown words, which the log has", async () => {
    const { thrown, bodies, log } = await sendTo([{ body: "thanks" }]);
    expect(thrown).toBeUndefined();
    expect(bodies).toHaveLength(1);
    expect(log).toContain("accepted the message in unknown words");
    expect(log).toContain("thanks");
  });

  it("mentions whom the configuration names for the severity", async () => {
    const { bodies } = await sendTo([], { mentions: { critical: ["@ops"], info: ["@nobody"] } });
    expect(bodies).toEqual([expect.objectContaining({ markup: expect.stringMatching(/ @ops$/mu) })]);
    expect(JSON.stringify(bodies)).not.toContain("@nobody");
  });

  it("says in its failure how long to wait", async () => {
    await using receiver = await startChat();
    receiver.answer({ status: 200, body: '{"ok":false,"error":"busy"}' });
    const { sink } = makeSink(chat, { url: receiver.url });
    expect(await failureOfSending(sink)).toMatchObject({ class: "transient", retryAfterMs: 5000 });
    await sink.close();
  });

  it("shows what it would send without a secret", () => {
    const { sink } = parseSink({ name: "ops", type: "chat", url: { env: "NO_SUCH_URL" } }, [chat]);
    if (sink === undefined) throw new Error("expected a sink");
    const look = { now: 0, colour: false, onFailure: () => undefined };
    expect(previewOf(sink, makeNotification(), look)).toContain('"markup": "');
  });
});
