import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";

import type { Notification } from "../../../src/alert/index.ts";
import { strict } from "../../../src/lib/schema.ts";
import { SecretRef } from "../../../src/lib/secret.ts";
import type { ChatMessage } from "../../../src/sink/chat/chat-message.ts";
import { defineChatSink } from "../../../src/sink/chat/define-chat-sink.ts";
import { DIALECTS } from "../../../src/sink/chat/dialects/dialects.ts";
import { layOut } from "../../../src/sink/chat/layout.ts";
import { mentionsOption } from "../../../src/sink/chat/mentions.ts";
import type { Sink } from "../../../src/sink/index.ts";
import { makeSink } from "../../support/describe-sink.ts";
import { type Answer, type FakeReceiver, startReceiver } from "../../support/fake-receiver.ts";
import { makeNotification, NOTIFICATIONS } from "../../support/notifications.ts";
import { sendToEnd } from "../../support/send-to-end.ts";

const Options = strict({ url: SecretRef, mentions: mentionsOption(/^@[a-z]+$/u, "write @name") });
const Answered = z.object({ id: z.string().optional(), no: z.string().optional() });

/** A chat that can do everything: its room moves where it says so. */
const chat = defineChatSink<z.infer<typeof Options>>({
  type: "chat",
  options: Options,
  traits: () => ({ rateLimit: undefined, concurrency: 1 }),
  connect: ({ url }, open) => {
    const address = open(url);
    let room = "old";
    return {
      target: () => ({ url: address.reveal(), query: { room } }),
      room: () => room,
      learn: (json) => {
        const hasMoved = Answered.safeParse(json).data?.no === "moved";
        if (hasMoved) room = "new";
        return hasMoved;
      },
    };
  },
  render: (message) => ({ path: "/post", body: { form: "full", text: textOf(message) } }),
  plain: (message) => ({ path: "/post", body: { form: "plain", text: textOf(message) } }),
  answers: {
    read: (json) => {
      const { id, no } = Answered.safeParse(json).data ?? {};
      if (no === "same") return { says: "yes", whateverStatus: true };
      return no === undefined
        ? { says: "yes", ...(id === undefined ? {} : { ref: id }) }
        : { says: "no", word: no };
    },
    words: new Map([
      ["lost", { failure: "rejected", class: "poison", hint: "it is gone", lost: true }],
      ["busy", { failure: "rate-limited", class: "transient", hint: "it is busy" }],
    ]),
  },
  thread: {
    abilities: { thread: true, edit: true, quietEdits: true, broadcast: false },
    at: ({ body }, step) => ({ path: `/${step.do}/${step.thread}`, body }),
  },
});

function textOf({ shown, mentions, now }: Pick<ChatMessage<unknown>, "shown" | "mentions" | "now">): string {
  return layOut(shown, { dialect: DIALECTS.plain, limit: 2000, now, mentions });
}

const [first, update, repeat, end] = ["first", "new alert", "repeat", "resolved by an event"].map(
  (name) => NOTIFICATIONS[name] ?? makeNotification(),
) as [Notification, Notification, Notification, Notification];
const worse = NOTIFICATIONS["worse severity"] ?? makeNotification();

describe("the messages of a group in a chat that can answer and edit", () => {
  let open: { readonly sink: Sink; readonly receiver: FakeReceiver } | undefined;

  afterEach(async () => {
    await open?.sink.close();
    await open?.receiver.close();
  });

  async function start(...answers: readonly Answer[]) {
    const receiver = await startReceiver({ status: 200, body: '{"id":"m1"}' });
    receiver.script(...answers);
    const { sink } = makeSink(chat, { url: receiver.url, mentions: { warning: ["@ops"] } });
    open = { sink, receiver };
    const requests = (): string[] =>
      receiver.requests.map(({ path, body }) => {
        const { form, text } = z.object({ form: z.string(), text: z.string() }).parse(JSON.parse(body));
        const [line = ""] = text.split("\n");
        return `${path.split("?")[0]} ${form} ${line}`;
      });
    return { sink, receiver, requests };
  }

  it("are a parent, replies, and changes of the parent, until it is green", async () => {
    const { sink, requests } = await start();
    let memory = await sendToEnd(sink, first);
    memory = await sendToEnd(sink, { ...update, severity: "warning" }, memory);
    memory = await sendToEnd(sink, repeat, memory);
    memory = await sendToEnd(sink, end, memory);
    expect(memory).toBeUndefined();
    const kinds = requests().map((request) => request.split(" ").slice(0, 3).join(" "));
    expect(kinds).toEqual([
      "/post full 🟠",
      "/reply/m1 full 🟠",
      "/edit/m1 full 🟠",
      "/reply/m1 full 🟠",
      "/edit/m1 full 🟠",
      "/reply/m1 full 🟢",
      "/edit/m1 full 🟢",
    ]);
  });

  it("call people by a parent and a repeat alone", async () => {
    const { sink, requests } = await start();
    const memory = await sendToEnd(sink, first);
    await sendToEnd(sink, { ...update, severity: "warning" }, memory);
    await sendToEnd(sink, repeat, memory);
    expect(requests().map((request) => request.includes("@ops"))).toEqual([true, false, false, true, false]);
  });

  it("begin anew when it gets worse, and the old parent says so", async () => {
    const { sink, requests } = await start();
    const memory = await sendToEnd(sink, first);
    await sendToEnd(sink, worse, memory);
    expect(requests().slice(1)).toEqual([
      expect.stringMatching(/^\/post full 🔴/u),
      expect.stringMatching(/^\/refer\/m1 full ⚪ Goes on in a newer message: Image cannot/u),
      expect.stringMatching(/^\/edit\/m1 full ⚪ Goes on in a newer message: Image cannot/u),
    ]);
  });

  it("are told by a new parent when the old one is gone, and not twice", async () => {
    const { sink, requests, receiver } = await start();
    const memory = await sendToEnd(sink, first);
    receiver.script({ status: 404, body: '{"no":"lost"}' });
    await sendToEnd(sink, repeat, memory);
    expect(requests().slice(1)).toEqual([
      expect.stringMatching(/^\/reply\/m1 full/u),
      expect.stringMatching(/^\/post full/u),
    ]);
  });

  it("are told by a new parent when nobody knows why the old one is not found", async () => {
    const { sink, requests, receiver } = await start();
    const memory = await sendToEnd(sink, first);
    receiver.script({ status: 404, body: '{"no":"words of tomorrow"}' });
    await sendToEnd(sink, repeat, memory);
    expect(requests().slice(1)).toEqual([
      expect.stringMatching(/^\/reply\/m1 full/u),
      expect.stringMatching(/^\/post full/u),
    ]);
  });

  it("repeat nothing that was done when a later request fails", async () => {
    const { sink, receiver, requests } = await start();
    const memory = await sendToEnd(sink, first);
    const signal = new AbortController().signal;
    const replied = await sink.send?.(end, { receiver: memory, remaining: undefined, signal });
    receiver.script({ status: 429, body: '{"no":"busy"}' });
    const rest = { receiver: replied?.receiver, remaining: replied?.remaining, signal };
    await expect(sink.send?.(end, rest)).rejects.toMatchObject({ class: "transient" });
    await sink.send?.(end, rest);
    expect(requests().map((request) => request.split(" ")[0])).toEqual([
      "/post",
      "/reply/m1",
      "/edit/m1",
      "/edit/m1",
    ]);
  });

  it("count an edit that changes nothing as done", async () => {
    const { sink, receiver, requests } = await start();
    const memory = await sendToEnd(sink, first);
    receiver.script({ status: 200, body: "{}" }, { status: 400, body: '{"no":"same"}' });
    expect(await sendToEnd(sink, end, memory)).toBeUndefined();
    expect(requests()).toHaveLength(3);
  });

  it("change no message of the same id in a room that is new", async () => {
    const { sink, receiver, requests } = await start();
    const memory = await sendToEnd(sink, first);
    receiver.script({ status: 400, body: '{"no":"moved"}' });
    await sendToEnd(sink, repeat, memory);
    expect(receiver.requests.map(({ path }) => path)).toEqual([
      "/post?room=old",
      "/reply/m1?room=old",
      "/post?room=new",
    ]);
    expect(requests()).toHaveLength(3);
  });

  it("are one parent for several groups, whose end keeps its own title", async () => {
    const { sink, requests } = await start();
    const merged = ["a", "b"].map((group) => ({ group, labels: {} }));
    const memory = await sendToEnd(sink, { ...first, merged, title: "2 workloads: Image cannot be pulled" });
    await sendToEnd(sink, end, memory);
    expect(requests().at(-1)).toMatch(/^\/edit\/m1 full 🟢 2 workloads: Image cannot be pulled/u);
  });
});
