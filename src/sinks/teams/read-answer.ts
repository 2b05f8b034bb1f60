import { z } from "zod";

import type { ChatAnswer, Reading } from "../../sink/chat/index.ts";

/** A refusal before the workflow has begun. */
const Refusal = z.object({
  error: z.object({ code: z.string(), message: z.string().optional().catch(undefined) }),
});

/**
 * Reads an answer. A workflow says 202, and nothing else, as soon as it has begun; what Teams says of the card is only in
 * the history of its runs. Relays of old connectors said yes, with the refusal of Teams in words.
 */
export function readAnswer(json: unknown, { status, body }: ChatAnswer): Reading | undefined {
  const { data } = Refusal.safeParse(json);
  if (data !== undefined) {
    const { code, message } = data.error;
    return { says: "no", word: code, ...(message === undefined ? {} : { reason: message }) };
  }
  const refused = /endpoint returned HTTP error (\d{3})/u.exec(body)?.[1];
  if (refused !== undefined) return { says: "no", word: `HTTP error ${refused}` };
  return status === 202 || body.trim() === "1" ? { says: "yes" } : undefined;
}
