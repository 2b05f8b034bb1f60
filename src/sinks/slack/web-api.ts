import { z } from "zod";

import type { DeliveryError, HttpClient } from "../../egress/index.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Secret } from "../../lib/secret.ts";
import { addressOf, judgeAnswer, type Reading } from "../../sink/chat/index.ts";
import { wellFormedJson } from "../../sink/index.ts";
import { API_WORDS } from "./api-words.ts";

/** The parts of an answer that somebody reads. */
const ApiAnswer = z.object({
  ok: z.boolean(),
  error: z.string().optional().catch(undefined),
  errors: z.array(z.string()).optional().catch(undefined),
  needed: z.string().optional().catch(undefined),
  channel: z.string().optional().catch(undefined),
  ts: z.string().optional().catch(undefined),
  url: z.string().optional().catch(undefined),
  team: z.string().optional().catch(undefined),
  user: z.string().optional().catch(undefined),
});
export type ApiAnswer = Readonly<z.infer<typeof ApiAnswer>>;

/** A refusal of a call. */
export interface ApiRefusal {
  readonly failure: DeliveryError;
  /** Whether the message that the call is about is gone, or takes no change and no reply any more. */
  readonly lost: boolean;
}

/** The result of a call that was answered. `answer` is undefined when it was accepted in unknown words. */
export type ApiResult =
  | { readonly ok: true; readonly answer: ApiAnswer | undefined; readonly note?: string | undefined }
  | ({ readonly ok: false } & ApiRefusal);

/** Collaborators of a `WebApi`. */
export interface WebApiDeps {
  readonly client: HttpClient;
  readonly clock: Clock;
  /** The base address, `https://slack.com/api`. Asked for each call. */
  readonly base: () => string;
  readonly token: Secret;
}

/** Slack's Web API, as far as a sink needs it: one POST of JSON per call, no retries. */
export class WebApi {
  readonly #deps: WebApiDeps;

  constructor(deps: WebApiDeps) {
    this.#deps = deps;
  }

  /** Makes one call. @throws {DeliveryError} when nobody answered. */
  async call(method: string, args: object, signal: AbortSignal): Promise<ApiResult> {
    const { client, clock, base, token } = this.#deps;
    const url = addressOf({ url: base() }, { path: `/${method}` });
    const answer = await client.request({
      url,
      method: "POST",
      headers: {
        authorization: `Bearer ${token.reveal()}`,
        "content-type": "application/json; charset=utf-8",
      },
      body: wellFormedJson(JSON.stringify(args)),
      signal,
    });
    const rules = { vendor: "slack", read, words: API_WORDS };
    const quote = (part: Parameters<HttpClient["quote"]>[0]): string => client.quote(part, url);
    const verdict = judgeAnswer(answer, rules, { now: clock.now(), quote });
    if (!verdict.accepted) return { ok: false, failure: verdict.failure, lost: verdict.lost };
    return { ok: true, answer: parsed(answer.body), note: verdict.note };
  }

  /** Connects without sending anything. @returns The place: `slack.com:443 over TLS`. */
  reach(signal: AbortSignal): Promise<string> {
    return this.#deps.client.reach(addressOf({ url: this.#deps.base() }), signal);
  }
}

function read(json: unknown): Reading | undefined {
  const answer = ApiAnswer.safeParse(json);
  if (!answer.success) return undefined;
  const { ok, error, errors = [], needed } = answer.data;
  if (ok) return { says: "yes" };
  const details = [...(needed === undefined ? [] : [`needs ${needed}`]), ...errors].join("; ");
  return {
    says: "no",
    ...(error !== undefined && /^[\w.-]{1,80}$/u.test(error) ? { word: error } : {}),
    ...(details === "" ? {} : { reason: details }),
  };
}

function parsed(body: string): ApiAnswer | undefined {
  try {
    return ApiAnswer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
