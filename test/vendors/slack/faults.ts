import type { Answer } from "../../support/fake-receiver.ts";

/**
 * A fault of one call. `cut before`: the connection breaks, nothing was done. `cut after`: the call is done,
 * then the connection breaks without an answer. `word`: a refusal in Slack's words, with status 200.
 */
export type Fault = Answer | "cut before" | "cut after" | { readonly word: string };

/** A page as a proxy in front of Slack gives it. */
export const HTML_PAGE: Answer = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<!DOCTYPE html><html><body>Service Unavailable</body></html>",
};

/** An answer without anything in it. */
export const EMPTY_ANSWER: Answer = { status: 200, body: "" };

/** Slack's 429 (https://docs.slack.dev/apis/web-api/rate-limits). */
export function rateLimited(seconds: number | string): Answer {
  return {
    status: 429,
    headers: { "retry-after": String(seconds), "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ ok: false, error: "ratelimited" }),
  };
}

/** The faults that wait for their call. */
export class Faults {
  #once: { readonly fault: Fault; readonly method: string | undefined }[] = [];
  readonly #always = new Map<string, Fault>();

  /** For the next call of the method, or of any. */
  once(fault: Fault, method?: string): void {
    this.#once.push({ fault, method });
  }

  /** For every call of the method, or of any, until `clear`. */
  always(fault: Fault, method = "*"): void {
    this.#always.set(method, fault);
  }

  clear(): void {
    this.#once = [];
    this.#always.clear();
  }

  /** The fault of this call, taken from those that wait. */
  take(method: string): Fault | undefined {
    const index = this.#once.findIndex((each) => each.method === undefined || each.method === method);
    if (index >= 0) return this.#once.splice(index, 1)[0]?.fault;
    return this.#always.get(method) ?? this.#always.get("*");
  }
}
