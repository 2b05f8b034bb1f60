import type { Meaning } from "../../sink/chat/index.ts";

const TOO_FAST: Meaning = {
  failure: "rate-limited",
  class: "transient",
  hint: "too many messages, of this bot or of everybody",
  waitMs: 10_000,
};
const SECURITY: Omit<Meaning, "hint"> = { failure: "unauthorized", class: "broken" };
const SIGNATURE: Meaning = {
  ...SECURITY,
  hint: "the signature is refused: look at secret, and at the clock, which may be wrong by an hour at most",
};

/**
 * The meanings of `code`, which comes with status 200
 * (https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot, and the answers that people met).
 */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ["9499", { failure: "rejected", class: "poison", hint: "the content is refused" }],
  ["11232", TOO_FAST],
  ["99991400", TOO_FAST],
  ["11246", { failure: "rejected", class: "poison", hint: "the card is refused" }],
  [
    "19001",
    {
      failure: "not-found",
      class: "broken",
      hint: "there is no such bot: it was deleted, or the url is wrong",
    },
  ],
  ["19002", { failure: "rejected", class: "poison", hint: "the content is refused" }],
  ["19003", { failure: "server", class: "transient", hint: "feishu has a fault" }],
  ["19021", SIGNATURE],
  [
    "19022",
    { ...SECURITY, hint: "the bot takes messages from other addresses only: add that of the cluster" },
  ],
  ["19024", { ...SECURITY, hint: "the bot wants other keywords: make one of them tocsin" }],
  ["19036", { failure: "too-large", class: "poison", hint: "the message is too long" }],
]);
