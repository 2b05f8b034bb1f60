import type { Meaning } from "../../sink/chat/index.ts";

const NEW_URL = "create a new webhook URL";

const LOST: Omit<Meaning, "hint"> = { failure: "rejected", class: "poison", lost: true };

/**
 * Codes with another meaning than the status they come with
 * (https://discord.com/developers/docs/topics/opcodes-and-status-codes#json).
 */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ["10003", { failure: "not-found", class: "broken", hint: `the channel is gone; ${NEW_URL}` }],
  // Each further call counts towards a ban of the address: 10,000 answers of 401, 403 or 429 in ten minutes.
  ["10015", { failure: "not-found", class: "broken", hint: `the webhook was deleted; ${NEW_URL}` }],
  ["50027", { failure: "unauthorized", class: "broken", hint: `the webhook's token is wrong; ${NEW_URL}` }],
  ["10008", { ...LOST, hint: "the earlier message was deleted" }],
  ["30046", { ...LOST, hint: "messages older than an hour take only so many edits" }],
  ["40005", { failure: "too-large", class: "poison", hint: "the message is too large" }],
  ["50006", { failure: "rejected", class: "poison", hint: "the message is empty" }],
  ["50035", { failure: "rejected", class: "poison", hint: "a field of the message is refused" }],
  [
    "50083",
    { failure: "rejected", class: "broken", hint: "the thread is archived: open it, or change threadId" },
  ],
  [
    "220001",
    { failure: "rejected", class: "broken", hint: "it is a forum channel: set threadId to the id of a post" },
  ],
]);
