import type { Clock } from "../../../src/lib/clock.ts";
import type { Answer, ReceivedRequest } from "../../support/fake-receiver.ts";
import type { Json } from "../json.ts";
import { type Call, readCall } from "./call.ts";
import { type Method, type MethodContext, METHODS } from "./methods.ts";
import { Pace, type Rate, SLACK_RATES } from "./pace.ts";
import { Refusal } from "./refusal.ts";

/** The tokens that are right; one that is undefined accepts any. */
export interface Tokens {
  readonly bot?: string | undefined;
  readonly app?: string | undefined;
}

/** Answers calls of the Web API: token, scope, pace, method. */
export class WebApi {
  readonly pace: Pace;
  tokens: Tokens;
  readonly #context: MethodContext;
  /** Answers 429 so many times. */
  #limited = 0;

  constructor(clock: Clock, tokens: Tokens, context: MethodContext) {
    this.pace = new Pace(clock);
    this.tokens = tokens;
    this.#context = context;
  }

  /** Calls that were refused for their pace. */
  get limited(): number {
    return this.#limited;
  }

  /** The answer, with what the call has changed done. */
  answer(request: ReceivedRequest): Answer {
    try {
      const call = readCall(request);
      const method = METHODS[call.method];
      if (method === undefined) throw new Refusal("unknown_method", [], { req_method: call.method });
      // "insecure_request: The method was not called via a POST request": apps.connections.open.
      if (method.token === "app" && request.method !== "POST") throw new Refusal("insecure_request");
      this.#authorise(call, method);
      const wait = this.#wait(call);
      if (wait > 0) {
        this.#limited += 1;
        return rateLimited(wait);
      }
      const { warnings } = call;
      const warned =
        warnings.length === 0 ? {} : { warning: warnings.join(","), response_metadata: { warnings } };
      return json({ ok: true, ...method.call(call.args, this.#context), ...warned });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return refusal(error);
    }
  }

  #authorise({ token }: Call, { token: kind, scope }: Method): void {
    if (token === undefined || token === "") throw new Refusal("not_authed");
    const wrong = kind === "bot" ? "xapp-" : "xoxb-";
    if (token.startsWith(wrong)) throw new Refusal("not_allowed_token_type");
    const right = this.tokens[kind];
    if (right !== undefined && token !== right) throw new Refusal("invalid_auth");
    const { scopes } = this.#context;
    if (scope !== undefined && kind === "bot" && !scopes.has(scope)) {
      // `needed` and `provided`: https://docs.slack.dev/apis/web-api, "Evaluating responses".
      throw new Refusal("missing_scope", [], { needed: scope, provided: [...scopes].join(",") });
    }
  }

  /** Seconds to wait. */
  #wait({ method, args }: Call): number {
    const [bucket, rate] = this.#bucketOf(method, args);
    return this.pace.take(bucket, rate);
  }

  #bucketOf(method: string, args: Json): readonly [string, Rate] {
    switch (method) {
      case "chat.postMessage":
        return [`post ${this.#channelOf(args)}`, SLACK_RATES.post];
      // "Tier 3": the pages of both methods.
      case "chat.update":
      case "reactions.add":
        return [method, SLACK_RATES.tier3];
      // chat.postEphemeral is "Tier 4"; nobody comes near the limits of the others, so they get the same.
      default:
        return [method, SLACK_RATES.tier4];
    }
  }

  #channelOf(args: Json): string {
    try {
      return this.#context.workspace.channel(args["channel"], true).id;
    } catch {
      return "unknown";
    }
  }
}

/** `{ ok: false }` with status 200: Slack answers so whatever is wrong with a call. */
export function refusal({ word, messages, more }: Refusal): Answer {
  const details = messages.length === 0 ? {} : { errors: messages, response_metadata: { messages } };
  return json({ ok: false, error: word, ...more, ...details });
}

function json(body: Json) {
  return {
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify(body),
  };
}

/** Slack's 429 (https://docs.slack.dev/apis/web-api/rate-limits). */
export function rateLimited(seconds: number | string): Answer {
  const { headers, body } = json({ ok: false, error: "ratelimited" });
  return { status: 429, headers: { ...headers, "retry-after": String(seconds) }, body };
}
