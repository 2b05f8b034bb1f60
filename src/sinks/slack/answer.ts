import { z } from "zod";

import {
  classifyStatus,
  DeliveryError,
  isHtml,
  parseRetryAfter,
  type QuotableAnswer,
} from "../../egress/index.ts";
import { WORDS } from "./words.ts";

/** The answer to one post. */
export interface Answer extends QuotableAnswer {
  readonly status: number;
  /** A piece of the body for people, without secrets. */
  readonly said: string;
}

/**
 * The meaning of an answer: the receiver has the message (`note` is there when it said so in a way that nobody knows),
 * or has refused it.
 */
export type Verdict =
  | { readonly accepted: true; readonly note?: string }
  | { readonly accepted: false; readonly failure: DeliveryError };

/** Answers in JSON: of Slack's Web API, Mattermost, Rocket.Chat (`success`) and Zulip (`result`, `msg`). */
const JsonAnswer = z.object({
  ok: z.boolean().optional().catch(undefined),
  success: z.boolean().optional().catch(undefined),
  result: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});
type JsonAnswer = z.infer<typeof JsonAnswer>;

/**
 * Judges an answer. A 2xx counts as an acceptance unless it says otherwise, since a receiver that accepted must not get
 * the message again: `ok`, an empty or cut body, and JSON that says yes are the known forms.
 *
 * @param now Epoch milliseconds.
 */
export function verdictOf(answer: Answer, now: number): Verdict {
  const { status, said, headers } = answer;
  const body = answer.body.trim();
  const json = jsonOf(body);
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && ("ok".startsWith(body.toLowerCase()) || saysYes(json))) return { accepted: true };
  const word = wordOf(body, json);
  const known = word === undefined ? undefined : WORDS.get(word);
  const answered = `slack answered ${status}${word === undefined ? "" : ` ${word}`}`;
  if (known !== undefined) {
    const [failure, kind, hint] = known;
    const retryAfterMs = kind === "transient" ? parseRetryAfter(headers["retry-after"], now) : undefined;
    return refused(DeliveryError[kind](failure, `${answered}: ${hint}`, { retryAfterMs }));
  }
  if (!isSuccess) {
    const byStatus = classifyStatus(status, headers, now, said);
    if (byStatus !== undefined) return refused(renamed(byStatus, answer, word));
  }
  if (isHtml(answer)) {
    const what = `slack answered ${status} with ${said} and not with ok: something else answers at this address`;
    return refused(DeliveryError.broken("rejected", what, { scope: "sink" }));
  }
  if (word !== undefined || saysNo(json)) {
    const details = word === undefined ? { said } : {};
    return refused(DeliveryError.poison("rejected", answered, details));
  }
  return { accepted: true, note: `${answered}: ${said}` };
}

function refused(failure: DeliveryError): Verdict {
  return { accepted: false, failure };
}

/** The failure by status, in the words of this sink; of a redirect the host stays. */
function renamed(failure: DeliveryError, { status, said }: Answer, word: string | undefined): DeliveryError {
  if (word !== undefined) return failure.with({ message: `slack answered ${status} ${word}` });
  return failure.with({
    message: failure.summary.replace(/^the receiver answered/u, "slack answered"),
    said,
  });
}

/** The one word of a refusal. Words of one part, such as `accepted`, are none. */
function wordOf(body: string, json: JsonAnswer | undefined): string | undefined {
  const text = json === undefined ? body : (json.error ?? "");
  if (json === undefined ? /^[a-z]+(?:_[a-z]+){1,8}$/u.test(text) : /^[a-z][a-z_]{1,60}$/u.test(text))
    return text;
  return WORDS.has(text) ? text : undefined;
}

function saysYes(json: JsonAnswer | undefined): boolean {
  return json !== undefined && !saysNo(json) && (json.ok ?? json.success ?? json.result === "success");
}

function saysNo(json: JsonAnswer | undefined): boolean {
  if (json === undefined) return false;
  const { ok, success, result, error = "" } = json;
  return ok === false || success === false || result === "error" || error !== "";
}

function jsonOf(body: string): JsonAnswer | undefined {
  if (!body.startsWith("{")) return undefined;
  try {
    const parsed = JsonAnswer.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
