import type { Answer } from "../support/fake-receiver.ts";

/**
 * A fault of one call. `cut before`: the connection breaks, nothing was done. `cut after`: the call is done,
 * then the connection breaks without an answer. `word`: a refusal in the words of the vendor.
 */
export type Fault = Answer | "cut before" | "cut after" | { readonly word: string };

/** A page as a proxy in front of a vendor gives it. */
export const HTML_PAGE: Answer = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<!DOCTYPE html><html><body>Service Unavailable</body></html>",
};

/** An answer without anything in it. */
export const EMPTY_ANSWER: Answer = { status: 200, body: "" };

/** The faults that wait for their call. */
export class Faults {
  #once: { readonly fault: Fault; readonly kind: string | undefined }[] = [];
  readonly #always = new Map<string, Fault>();

  /** For the next call of the kind, or of any. */
  once(fault: Fault, kind?: string): void {
    this.#once.push({ fault, kind });
  }

  /** For every call of the kind, or of any, until `clear`. */
  always(fault: Fault, kind = "*"): void {
    this.#always.set(kind, fault);
  }

  clear(): void {
    this.#once = [];
    this.#always.clear();
  }

  /** The fault of this call, taken from those that wait. */
  take(kind: string): Fault | undefined {
    const index = this.#once.findIndex((each) => each.kind === undefined || each.kind === kind);
    if (index >= 0) return this.#once.splice(index, 1)[0]?.fault;
    return this.#always.get(kind) ?? this.#always.get("*");
  }
}
