import type { Meaning } from "../../sink/chat/index.ts";

/** How long to wait when the messages of a day are used up. */
const HOUR_MS = 3_600_000;

/** Codes with another meaning, or another remedy, than the status they come with
 * (https://github.com/binwiederhier/ntfy/blob/main/server/errors.go). */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ["40101", { failure: "unauthorized", class: "broken", hint: "the token or the password is wrong" }],
  [
    "40301",
    {
      failure: "unauthorized",
      class: "broken",
      hint: "the topic is reserved: give a token that may write to it",
    },
  ],
  [
    "42908",
    {
      failure: "rate-limited",
      class: "transient",
      hint: "the messages of this day are used up: use a server of your own, or a paid account",
      waitMs: HOUR_MS,
    },
  ],
]);
