import type { Meaning } from "../../sink/chat/index.ts";

const LOST: Meaning = {
  failure: "rejected",
  class: "poison",
  hint: "the earlier message is gone, or was changed ten times",
  lost: true,
};

/**
 * Pieces of `message` by which Webex says what is wrong, in lower case; it has no codes
 * (https://developer.webex.com/docs/basics#api-errors, https://developer.webex.com/docs/api/v1/messages/edit-a-message).
 */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  [
    "could not find a room",
    { failure: "not-found", class: "broken", hint: "add the bot to the space, or change room" },
  ],
  ["message not found", LOST],
  ["parentid", LOST],
  ["edit limit", LOST],
  ["number of edits", LOST],
  [
    "valid access token",
    { failure: "unauthorized", class: "broken", hint: "make a new access token for the bot" },
  ],
]);
