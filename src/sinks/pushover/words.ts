import type { Meaning } from "../../sink/chat/index.ts";

const QUARTER_HOUR_MS = 15 * 60_000;

/** Pieces of `errors` by which Pushover says what is wrong, in lower case (https://pushover.net/api#response). */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  [
    "application token",
    { failure: "unauthorized", class: "broken", hint: "copy the API token of the application again" },
  ],
  [
    "user identifier",
    { failure: "not-found", class: "broken", hint: "copy the key of the user or group again" },
  ],
  [
    "no active devices",
    { failure: "not-found", class: "broken", hint: "the user has no phone: log in with Pushover's app" },
  ],
  [
    "over its quota",
    {
      failure: "rate-limited",
      class: "transient",
      hint: "the messages of this month are used up",
      waitMs: QUARTER_HOUR_MS,
    },
  ],
  [
    "receipt not found",
    { failure: "rejected", class: "poison", hint: "the emergency is over already", lost: true },
  ],
]);
