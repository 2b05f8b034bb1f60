import type { Meaning } from "../../sink/chat/index.ts";

const NEW_URL = "make a new webhook in the space";

/** The names of errors with another meaning, or another remedy, than their status
 * (https://cloud.google.com/apis/design/errors#http_mapping). */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  [
    "UNAUTHENTICATED",
    { failure: "unauthorized", class: "broken", hint: `the URL's token is wrong; ${NEW_URL}` },
  ],
  [
    "PERMISSION_DENIED",
    { failure: "unauthorized", class: "broken", hint: `webhooks may not post here; ${NEW_URL}` },
  ],
  [
    "NOT_FOUND",
    { failure: "not-found", class: "broken", hint: `the webhook or its space is gone; ${NEW_URL}` },
  ],
  // Other apps in the space count too.
  [
    "RESOURCE_EXHAUSTED",
    { failure: "rate-limited", class: "transient", hint: "the space gets too many messages", waitMs: 2000 },
  ],
]);
