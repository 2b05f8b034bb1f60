import type { Json } from "../json.ts";

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
