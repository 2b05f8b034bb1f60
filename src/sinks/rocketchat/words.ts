import type { Meaning } from "../../sink/chat/index.ts";

/**
 * Errors with another meaning than the status they come with
 * (https://github.com/RocketChat/Rocket.Chat/blob/develop/apps/meteor/app/integrations/server/api/api.ts).
 */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  [
    "Invalid integration id or token provided.",
    { failure: "not-found", class: "broken", hint: "the webhook was deleted; make a new one" },
  ],
  [
    "invalid-channel",
    { failure: "not-found", class: "broken", hint: "there is no such channel; look at channel" },
  ],
  ["error-room-archived", { failure: "gone", class: "broken", hint: "the channel is archived" }],
  ["error-message-size-exceeded", { failure: "too-large", class: "poison", hint: "the message is too long" }],
]);

/** The wait that a limit asks for in words, milliseconds: there is no Retry-After. */
export function waitOf(error: string): number | undefined {
  const seconds = /must wait (\d{1,6}) seconds/u.exec(error)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
