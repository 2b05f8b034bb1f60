import { describe, expect, it } from "vitest";
import { z } from "zod";

import { parseSink } from "../../../src/sink/index.ts";
import { webex } from "../../../src/sinks/webex/webex.ts";
import { describeChat } from "../../support/describe-chat.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { makeNotification, NOTIFICATIONS } from "../../support/notifications.ts";
import { sendAnything } from "../../support/send-anything.ts";
import { sendToEnd } from "../../support/send-to-end.ts";
import { type FakeChat, startChat } from "../../vendors/chat-vendor.ts";
import { webex as vendor } from "../../vendors/webex.ts";

const ROOM = "Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQ";
const REFUSED = { status: 400, body: '{"message":"Unable to read the markdown."}' };

const Body = z.strictObject({
  roomId: z.literal(ROOM),
  markdown: z.string().min(1).optional(),
  text: z.string().min(1).optional(),
});

/** Fails when Webex would refuse the message, or find a mention of an Event in it. */
function expectAcceptable(body: string): void {
  const { markdown, text } = Body.parse(JSON.parse(body));
  const words = markdown ?? text ?? "";
  expect(Buffer.byteLength(words)).toBeLessThanOrEqual(7439);
  expect(words).not.toMatch(/<@\w/u);
}

const optionsOf = ({ url }: Pick<FakeChat, "url">, token = "token") => ({
  url: `${url}/v1`,
  token,
  room: ROOM,
});

describeChat(webex, {
  vendor,
  signedWith: (secret) => secret,
  options: (fake, secret) => optionsOf(fake, secret),
  check: (body) => expectAcceptable(body),
  states: {
    "wrong token": "broken",
    "room missing": "broken",
    "no right to write": "broken",
    "internal error": "transient",
    unavailable: "transient",
  },
  edits: true,
});

describe("a message to Webex", () => {
  it("stays within its bytes whatever an Event says, as Markdown and as text", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(webex, optionsOf(fake));
    await sendAnything(sink, fake, {
      check: expectAcceptable,
      prefix: "<@all> 镜像拉取失败\n",
      refused: REFUSED,
    });
    await sink.close();
  });

  it("calls only whom the configuration names", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(webex, { ...optionsOf(fake), mentions: { warning: ["all", "kim@b.example"] } });
    await sendOnce(sink, makeNotification());
    await sink.close();
    expect(fake.messages().map(({ pings }) => pings)).toEqual([["<@all>", "<@personEmail:kim@b.example>"]]);
  });

  it("is answered by a repeat and by the end", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(webex, optionsOf(fake));
    const memory = await sendToEnd(sink, storyOf("first"));
    const later = await sendToEnd(sink, storyOf("repeat"), memory);
    await sendToEnd(sink, storyOf("resolved by an event"), later);
    await sink.close();
    const [first, ...others] = fake.messages();
    expect(others.map(({ thread }) => thread)).toEqual([first?.id, first?.id]);
  });

  it("still has its replies when its first message was changed ten times and cannot be any more", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(webex, optionsOf(fake));
    let memory = await sendToEnd(sink, storyOf("first"));
    for (let times = 0; times < 11; times++) memory = await sendToEnd(sink, storyOf("repeat"), memory);
    await sendToEnd(sink, storyOf("resolved by an event"), memory);
    await sink.close();
    const [first, ...others] = fake.messages();
    expect(first?.edits).toBe(10);
    expect(others.map(({ thread, text }) => [thread, text.slice(0, 2)])).toEqual([
      ...Array.from({ length: 11 }, () => [first?.id, "🟠"]),
      [first?.id, "🟢"],
    ]);
  });

  it("begins anew when its first message is gone", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(webex, optionsOf(fake));
    const memory = await sendToEnd(sink, storyOf("first"));
    fake.script({ status: 400, body: '{"message":"Unable to post message: parentId is not valid."}' });
    await sendToEnd(sink, storyOf("repeat"), memory);
    await sink.close();
    expect(fake.messages().map(({ thread }) => thread)).toEqual([undefined, undefined]);
  });

  it.each([
    [{ room: "ops" }, "expected the id of a space"],
    [{ mentions: { critical: ["kim"] } }, "write a person's mail address"],
  ])("refuses %j", (wrong, message) => {
    const entry = { name: "ops", type: "webex", token: { env: "TOKEN" }, room: ROOM, ...wrong };
    expect(
      parseSink(entry, [webex])
        .faults.map((fault) => fault.message)
        .join(),
    ).toContain(message);
  });
});

describe("the answers of Webex", () => {
  it.each([
    [401, "The request requires a valid access token", "unauthorized", "broken", "new access token"],
    [404, "Could not find a room with provided ID.", "not-found", "broken", "add the bot"],
    [403, "The server refused to fulfill it", "unauthorized", "broken", "refused to fulfill"],
    [400, "Something about the body", "rejected", "poison", "about the body"],
    [500, "Something went wrong on the server.", "server", "transient", "wrong"],
  ])("take %i %s as %s", async (status, said, failure, kind, words) => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(webex, optionsOf(fake));
    fake.answer({ status, body: JSON.stringify({ message: said, errors: [{ description: said }] }) });
    const thrown = await failureOfSending(sink);
    await sink.close();
    expect(thrown).toMatchObject({ failure, class: kind, message: expect.stringContaining(words) });
  });

  it("say how long to wait", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(webex, optionsOf(fake));
    fake.answer({ status: 429, headers: { "retry-after": "7" }, body: '{"message":"Too many requests"}' });
    const thrown = await failureOfSending(sink);
    await sink.close();
    expect(thrown).toMatchObject({ failure: "rate-limited", class: "transient", retryAfterMs: 7000 });
  });
});

function storyOf(name: string): ReturnType<typeof makeNotification> {
  const told = NOTIFICATIONS[name];
  if (told === undefined) throw new Error(`no notification ${name}`);
  return told;
}
