import {
  classifyStatus,
  DeliveryError,
  type Failure,
  type FailureClass,
  type FailureScope,
  isHtml,
  parseRetryAfter,
  type QuotableAnswer,
} from "../../egress/index.ts";

/** The answer to one request. */
export interface ChatAnswer extends QuotableAnswer {
  readonly status: number;
  /** False when the connection or the time ended before the body did. */
  readonly complete: boolean;
}

/** The content of an answer, in the words of its receiver. */
export type Reading =
  /** `ref` names the message, for edits and replies. */
  | {
      readonly says: "yes";
      readonly ref?: string;
      /** Whether that holds with a status that is none of success, as "nothing is changed by this edit" does. */
      readonly whateverStatus?: true;
    }
  | {
      readonly says: "no";
      /** The word or number of the refusal. */
      readonly word?: string;
      /** The receiver's explanation, which is quoted without secrets. */
      readonly reason?: string;
      /** Its own form of Retry-After, milliseconds. */
      readonly retryAfterMs?: number;
    };

/** The meaning of a word that a receiver refuses with. */
export interface Meaning {
  readonly failure: Failure;
  readonly class: FailureClass;
  /** The meaning, or the remedy: "create a new webhook URL". */
  readonly hint: string;
  readonly scope?: FailureScope;
  /** At least this long until the next attempt, milliseconds. */
  readonly waitMs?: number;
  /** Whether the earlier message that the request is about is gone, or takes no change and no reply any more. */
  readonly lost?: true;
}

/** How a receiver answers. */
export interface AnswerRules {
  /** Its name in messages, as its type: `discord`. */
  readonly vendor: string;
  /** Reads an answer; undefined for a form that is not the receiver's. @param json The body parsed; undefined for none. */
  readonly read: (json: unknown, answer: ChatAnswer) => Reading | undefined;
  /** Words with another meaning than the status they come with. */
  readonly words: ReadonlyMap<string, Meaning>;
}

/**
 * The meaning of an answer: the receiver has the message (`note` is there when it said so in a way that nobody knows),
 * or has refused it.
 */
export type Verdict =
  | { readonly accepted: true; readonly ref?: string | undefined; readonly note?: string }
  | {
      readonly accepted: false;
      readonly failure: DeliveryError;
      /** Whether the earlier message that the request is about is gone. */
      readonly lost: boolean;
      /** The body, parsed; undefined when it is no JSON. */
      readonly json: unknown;
    };

/** Context of a judgement. */
export interface JudgeUse {
  /** Epoch milliseconds. */
  readonly now: number;
  /** A piece of an answer for people, without secrets. */
  readonly quote: (answer: QuotableAnswer) => string;
}

/**
 * Judges an answer. A 2xx counts as an acceptance unless it says otherwise, since a receiver that accepted must not get
 * the message again. A page for people is none: then something else answers.
 */
export function judgeAnswer(answer: ChatAnswer, rules: AnswerRules, use: JudgeUse): Verdict {
  const json = jsonOf(answer.body);
  const reading = rules.read(json, answer);
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (reading?.says === "yes" && (isSuccess || reading.whateverStatus === true))
    return { accepted: true, ref: reading.ref };
  const refusal = reading?.says === "no" ? reading : undefined;
  const failure = refusalOf({ answer, refusal, rules, use });
  const lost = refusal !== undefined && isLost(answer, rules.words.get(refusal.word ?? ""));
  if (failure !== undefined) return { accepted: false, failure, lost, json };
  const answered = `${rules.vendor} answered ${answer.status}`;
  return {
    accepted: true,
    note: answer.complete ? `${answered}: ${use.quote(answer)}` : `${answered} and broke off`,
  };
}

/** Whether a refusal in the receiver's own form says that the earlier message is gone: 404 in unknown words does. */
function isLost({ status }: ChatAnswer, meaning: Meaning | undefined): boolean {
  return meaning === undefined ? status === 404 : meaning.lost === true;
}

interface Case {
  readonly answer: ChatAnswer;
  readonly refusal: Extract<Reading, { says: "no" }> | undefined;
  readonly rules: AnswerRules;
  readonly use: JudgeUse;
}

/** The failure in an answer: by its word, else by its status, else by what it is; undefined for none. */
function refusalOf(one: Case): DeliveryError | undefined {
  const { answer, refusal, rules, use } = one;
  const { status, headers } = answer;
  const { word, reason, retryAfterMs } = refusal ?? {};
  const answered = `${rules.vendor} answered ${status}${word === undefined ? "" : ` ${word}`}`;
  const meaning = word === undefined ? undefined : rules.words.get(word);
  if (meaning !== undefined) return byMeaning(meaning, answered, one);
  // A body that is the word alone says no more.
  const isWord = reason === undefined && answer.body.trim() === word;
  const said = isWord ? "" : use.quote(reason === undefined ? answer : { headers: {}, body: reason });
  const byStatus = classifyStatus(status, headers, use.now, said);
  if (byStatus !== undefined) {
    const message = byStatus.summary.replace(/^the receiver answered \d+/u, answered);
    const wait = byStatus.class === "transient" ? longest([byStatus.retryAfterMs, retryAfterMs]) : undefined;
    return byStatus.with({ message, said, retryAfterMs: wait });
  }
  if (isHtml(answer)) {
    const what = `${answered} with ${said}: something else answers at this address`;
    return DeliveryError.broken("rejected", what, { scope: "sink" });
  }
  return refusal === undefined ? undefined : DeliveryError.poison("rejected", answered, { said });
}

function byMeaning(meaning: Meaning, answered: string, { answer, refusal, use }: Case): DeliveryError {
  const { failure, class: kind, hint, scope, waitMs } = meaning;
  const { reason, retryAfterMs } = refusal ?? {};
  const asked = parseRetryAfter(answer.headers["retry-after"], use.now);
  return DeliveryError[kind](failure, `${answered}: ${hint}`, {
    scope,
    retryAfterMs: kind === "transient" ? longest([asked, retryAfterMs, waitMs]) : undefined,
    said: reason === undefined ? undefined : use.quote({ headers: {}, body: reason }),
  });
}

function longest(waits: readonly (number | undefined)[]): number | undefined {
  const known = waits.filter((wait) => wait !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
