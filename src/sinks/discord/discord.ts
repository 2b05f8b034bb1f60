import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import { defineChatSink, mentionsOption, type Reading } from "../../sink/chat/index.ts";
import { toPayload, toPlainPayload } from "./payload.ts";
import { WORDS } from "./words.ts";

const Options = strict({
  url: SecretRef.describe("a webhook's URL: everyone who has it can post"),
  threadId: z
    .string()
    .regex(/^\d{15,21}$/u, { error: "expected the id of a thread, in quotes: digits alone" })
    .optional()
    .describe("the id of a thread or of a forum post in the webhook's channel"),
  mentions: mentionsOption(
    /^<@&?\d{15,21}>$/u,
    "write <@&ID> for a role, or <@ID> for a person; @everyone and @here are not supported",
  ),
});

/** The saved message, or a refusal (https://discord.com/developers/docs/reference#error-messages). */
const Answer = z.object({
  id: z.string().optional().catch(undefined),
  code: z.int().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  /** Seconds, with a fraction: https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit */
  retry_after: z.number().optional().catch(undefined),
});

/** Posts to one channel of Discord through a webhook. */
export const discord = defineChatSink<z.infer<typeof Options>>({
  type: "discord",
  options: Options,
  // Discord documents no figure and asks to obey its 429; 5 in 2 s and 30 in any minute are known to pass.
  traits: () => ({ rateLimit: { count: 4, perMs: 9300 }, concurrency: 1 }),
  connect: ({ url, threadId }, open) => {
    const address = open(url);
    const query = threadId === undefined ? {} : { query: { thread_id: threadId } };
    return { target: () => ({ url: address.reveal(), ...query }) };
  },
  // Without `wait` a message that was not saved is no error.
  render: (message) => ({ query: { wait: "true" }, body: toPayload(message) }),
  plain: (message) => ({ query: { wait: "true" }, body: toPlainPayload(message) }),
  answers: { read, words: WORDS },
  thread: {
    // A webhook cannot answer a message, and a change of one notifies nobody.
    abilities: { thread: false, edit: true, quietEdits: true, broadcast: false },
    at: ({ body }, { thread: id }) => ({ method: "PATCH", path: `/messages/${id}`, body }),
  },
});

function read(json: unknown): Reading | undefined {
  const { data } = Answer.safeParse(json);
  if (data === undefined) return undefined;
  const { id, code, message, retry_after: seconds } = data;
  if (code === undefined && seconds === undefined) {
    return id === undefined ? undefined : { says: "yes", ref: id };
  }
  return {
    says: "no",
    // 0 is a refusal without a code of its own.
    ...(code === undefined || code === 0 ? {} : { word: String(code) }),
    ...(message === undefined ? {} : { reason: message }),
    ...(seconds === undefined ? {} : { retryAfterMs: seconds * 1000 }),
  };
}
