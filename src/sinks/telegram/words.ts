import type { Meaning } from "../../sink/chat/index.ts";

const CHAT: Omit<Meaning, "hint"> = { failure: "not-found", class: "broken" };
const RIGHTS: Meaning = {
  failure: "unauthorized",
  class: "broken",
  scope: "destination",
  hint: "let the bot write there",
};
const TOKEN: Meaning = { failure: "unauthorized", class: "broken", hint: "ask @BotFather for the token" };
const TOPIC: Meaning = { ...CHAT, hint: "the topic is closed or gone: change topic" };
const MARKUP: Meaning = { failure: "rejected", class: "poison", hint: "the message is refused" };

const LOST: Meaning = {
  failure: "rejected",
  class: "poison",
  hint: "the earlier message is gone",
  lost: true,
};

/** The piece by which it says that an edit changes nothing. */
export const NOT_MODIFIED = "message is not modified";

/** Our word for "Not Found" alone. */
export const NO_BOT = "no such bot";

/**
 * Pieces of `description` by which Telegram says what is wrong, in lower case; it has no codes. The first one counts.
 * https://core.telegram.org/bots/api#making-requests, and the texts of github.com/tdlib/telegram-bot-api.
 */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ["chat not found", { ...CHAT, hint: "invite the bot, or change chat" }],
  ["group chat was upgraded", { ...CHAT, hint: "it has another id now: change chat" }],
  ["group chat was deactivated", { ...CHAT, hint: "the group was deleted: change chat" }],
  ["bot was kicked", { ...CHAT, hint: "invite the bot again" }],
  ["bot was blocked", { ...CHAT, hint: "the person has blocked the bot" }],
  ["bot is not a member", { ...CHAT, hint: "invite the bot" }],
  ["bot can't initiate conversation", { ...CHAT, hint: "the person must write to the bot first" }],
  ["user is deactivated", { ...CHAT, hint: "the person is gone: change chat" }],
  ["message thread not found", TOPIC],
  ["topic_closed", TOPIC],
  ["topic_deleted", TOPIC],
  ["not enough rights", RIGHTS],
  ["have no rights", RIGHTS],
  ["administrator rights", RIGHTS],
  ["chat_write_forbidden", RIGHTS],
  ["message to edit not found", LOST],
  ["message can't be edited", LOST],
  ["message_id_invalid", LOST],
  ["message to be replied not found", LOST],
  ["message to reply not found", LOST],
  ["can't parse entities", MARKUP],
  ["message is too long", { ...MARKUP, failure: "too-large" }],
  ["message text is empty", MARKUP],
  ["unauthorized", TOKEN],
  [
    NO_BOT,
    { failure: "not-found", class: "broken", hint: "no bot has a token of this form: look at token and url" },
  ],
]);
