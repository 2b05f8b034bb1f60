import type { ApiContext } from "../bridge.ts";

/** A request, as far as the operations of this API look at it. */
export interface Asked {
  readonly query: URLSearchParams;
  /** The rest of the path behind the operation, decoded; "" without one. */
  readonly id: string;
  /** Parsed JSON; undefined without one. */
  readonly body: unknown;
  /** The user that a proxy names; null for none. */
  readonly user: string | null;
}

/** The answer of an operation: one document, or the text of a document in parts, for lists of any length. */
export type Answer =
  | { readonly status: 200 | 400 | 404 | 500; readonly body?: unknown }
  | { readonly parts: AsyncIterable<string> };

/** One operation of this API. */
export type Operation = (context: ApiContext, asked: Asked) => Promise<Answer> | Answer;

/** The answer with a document. */
export function answer(body: unknown): Answer {
  return { status: 200, body };
}

/** A refusal: this API says in a JSON text what is wrong. */
export function refuse(status: 400 | 404 | 500, words: string): Answer {
  return { status, body: words };
}
