import { z } from "zod";

import type { ChatAnswer, Reading } from "../../sink/chat/index.ts";
import { WORDS } from "./words.ts";

/** https://docs.opsgenie.com/docs/response */
const Answer = z.object({
  result: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  errors: z.record(z.string(), z.string()).optional().catch(undefined),
});

/** Reads an answer. The wait of a limit is in a header of its own, in seconds. */
export function readAnswer(json: unknown, { headers }: ChatAnswer): Reading | undefined {
  const { data } = Answer.safeParse(json);
  if (data === undefined) return undefined;
  const { result, message, errors } = data;
  if (message === undefined) return result === undefined ? undefined : { says: "yes" };
  const seconds = Number(headers["x-ratelimit-period-in-sec"] ?? Number.NaN);
  return {
    says: "no",
    reason: [message, ...Object.values(errors ?? {})].join(" "),
    ...(WORDS.has(message) ? { word: message } : {}),
    ...(Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {}),
  };
}
