import { z } from "zod";

import type { QuotableAnswer } from "../../egress/index.ts";
import { judgeAnswer, type Reading, type Verdict } from "../../sink/chat/index.ts";
import { WORDS } from "./words.ts";

export type { Verdict };

/** The answer to one post. */
export interface Answer extends QuotableAnswer {
  readonly status: number;
  /** A piece of the body for people, without secrets. */
  readonly said: string;
}

/** Answers in JSON: of Slack's Web API, Mattermost, Rocket.Chat (`success`) and Zulip (`result`, `msg`). */
const JsonAnswer = z.object({
  ok: z.boolean().optional().catch(undefined),
  success: z.boolean().optional().catch(undefined),
  result: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});
type JsonAnswer = z.infer<typeof JsonAnswer>;

/**
 * Judges the answer of an incoming webhook: `ok`, an empty or cut body, and JSON that says yes are the known forms of an
 * acceptance.
 *
 * @param now Epoch milliseconds.
 */
export function verdictOf({ said, ...answer }: Answer, now: number): Verdict {
  const rules = { vendor: "slack", read, words: WORDS };
  return judgeAnswer({ ...answer, complete: true }, rules, { now, quote: () => said });
}

function read(json: unknown, { body }: QuotableAnswer): Reading | undefined {
  const text = body.trim();
  if ("ok".startsWith(text.toLowerCase())) return { says: "yes" };
  const { data } = JsonAnswer.safeParse(json);
  const word = data === undefined ? wordIn(text) : jsonWordIn(data.error ?? "");
  if (word !== undefined) return { says: "no", word };
  if (data === undefined) return undefined;
  const { ok, success, result, error = "" } = data;
  if (ok === false || success === false || result === "error" || error !== "") return { says: "no" };
  return ok === true || success === true || result === "success" ? { says: "yes" } : undefined;
}

/** The one word of a refusal. Words of one part, such as `accepted`, are none. */
function wordIn(text: string): string | undefined {
  return /^[a-z]+(?:_[a-z]+){1,8}$/u.test(text) || WORDS.has(text) ? text : undefined;
}

function jsonWordIn(text: string): string | undefined {
  return /^[a-z][a-z_]{1,60}$/u.test(text) || WORDS.has(text) ? text : undefined;
}
