import { z } from "zod";

import { fingerprint } from "../../lib/hash.ts";
import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import { type ChatMessage, defineChatSink, mentionsOption, type Reading } from "../../sink/chat/index.ts";
import { toMessage, toPlainMessage } from "./card.ts";
import { WORDS } from "./words.ts";

const Options = strict({
  url: SecretRef.describe("a webhook's URL: everyone who has it can post"),
  mentions: mentionsOption(/^<users\/(?:all|\d{5,30})>$/u, "write <users/all>, or <users/ID> for a person"),
});
type Options = z.infer<typeof Options>;

const Answer = z.object({
  thread: z.object({ name: z.string() }).optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  error: z
    .object({ status: z.string().optional(), message: z.string().optional() })
    .optional()
    .catch(undefined),
});

/** Posts cards to one space of Google Chat through a webhook, in a thread for each group. */
export const googlechat = defineChatSink<Options>({
  type: "googlechat",
  options: Options,
  // One write a second in a space, which all apps there share: https://developers.google.com/workspace/chat/limits
  traits: () => ({ rateLimit: { count: 1, perMs: 1000 }, concurrency: 1 }),
  connect: ({ url }, open) => {
    const address = open(url);
    return { target: () => ({ url: address.reveal() }) };
  },
  render: (message) => ({
    query: queryOf(message, "news"),
    body: { ...toMessage(message), ...threadOf(message) },
  }),
  plain: (message) => ({
    query: queryOf(message, "plain"),
    body: { ...toPlainMessage(message), ...threadOf(message) },
  }),
  answers: { read, words: WORDS },
  thread: {
    abilities: { thread: true, edit: false, quietEdits: true, broadcast: false },
    at: ({ query = {}, body }, { do: step, thread }) => ({
      query: { ...query, requestId: `${query["requestId"] ?? ""}-${step}` },
      body: { ...body, thread: { name: thread } },
    }),
  },
});

/** Asked twice with the same id, Google Chat answers with the first message. */
function queryOf(
  { notification }: ChatMessage<Options>,
  form: "news" | "plain",
): Readonly<Record<string, string>> {
  const id = fingerprint([notification.id, form]);
  return { messageReplyOption: "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD", requestId: `tocsin-${id}` };
}

/** A key for each episode of a group, so that a message whose answer was lost finds its thread again. */
function threadOf({ notification: { group, id, kind, startsAt, test } }: ChatMessage<Options>): object {
  const isApart = test || kind === "digest";
  return { thread: { threadKey: fingerprint(isApart ? [id] : [group.key, startsAt]) } };
}

function read(json: unknown): Reading | undefined {
  const { data } = Answer.safeParse(json);
  if (data?.error !== undefined) {
    const { status, message } = data.error;
    return {
      says: "no",
      ...(status === undefined ? {} : { word: status }),
      ...(message === undefined ? {} : { reason: message }),
    };
  }
  if (data?.name === undefined) return undefined;
  return { says: "yes", ...(data.thread === undefined ? {} : { ref: data.thread.name }) };
}
