import { z } from "zod";

import type { Reading } from "../../sink/chat/index.ts";
import { NO_BOT, NOT_MODIFIED, WORDS } from "./words.ts";

/** https://core.telegram.org/bots/api#making-requests, https://core.telegram.org/bots/api#responseparameters */
const Answer = z.object({
  ok: z.boolean(),
  description: z.string().optional().catch(undefined),
  result: z.object({ message_id: z.int() }).optional().catch(undefined),
  parameters: z
    .object({
      /** Seconds. */
      retry_after: z.number().optional().catch(undefined),
      /** May have 52 bits. */
      migrate_to_chat_id: z.int().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** Reads an answer of the Bot API. */
export function read(json: unknown): Reading | undefined {
  const { data } = Answer.safeParse(json);
  if (data === undefined) return undefined;
  const { ok, description, result, parameters } = data;
  if (ok) return { says: "yes", ...(result === undefined ? {} : { ref: String(result.message_id) }) };
  if (description?.includes(NOT_MODIFIED) === true) return { says: "yes", whateverStatus: true };
  const seconds = parameters?.retry_after;
  return {
    says: "no",
    ...(description === undefined ? {} : { reason: description, ...wordIn(description) }),
    ...(seconds === undefined ? {} : { retryAfterMs: seconds * 1000 }),
  };
}

/** The id that a group has now, where an answer says that it changed. */
export function migratedTo(json: unknown): string | undefined {
  const id = Answer.safeParse(json).data?.parameters?.migrate_to_chat_id;
  return id === undefined ? undefined : String(id);
}

function wordIn(description: string): { readonly word?: string } {
  const text = description.toLowerCase();
  // Alone: there is no bot with a token of this form.
  if (text === "not found") return { word: NO_BOT };
  const word = [...WORDS.keys()].find((known) => text.includes(known));
  return word === undefined ? {} : { word };
}
