/** An object as it came in JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** A refusal in Slack's words: `{ ok: false, error: word }`, with HTTP status 200. */
export class Refusal extends Error {
  readonly word: string;
  /** Details as Slack puts them into `response_metadata.messages`. */
  readonly messages: readonly string[];
  /** Further keys of the answer. */
  readonly more: Json;

  constructor(word: string, messages: readonly string[] = [], more: Json = {}) {
    super([word, ...messages].join(" "));
    this.word = word;
    this.messages = messages;
    this.more = more;
  }
}

/** The value as an object, or undefined. */
export function asObject(value: unknown): Json | undefined {
  // A JSON object has string keys and values of any type.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** The value as a list; an absent one is empty. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
