import type { Meaning } from "../../sink/chat/index.ts";

/** Sentences of refusals with another meaning than their status (https://docs.opsgenie.com/docs/response#failed-responses). */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  [
    "Key format is not valid!",
    { failure: "unauthorized", class: "broken", hint: "copy the API key of the integration again" },
  ],
  ["Your account is expired", { failure: "unauthorized", class: "broken", hint: "the account has ended" }],
]);
