import type { Meaning } from "../../sink/chat/index.ts";

/**
 * The page of error codes wants a pause, and three tries at most. The pause is kept; the tries go on, five minutes apart
 * at last, because an alert that is given up is lost.
 */
const BUSY_MS = 10_000;

const MINUTE_MS = 60_000;

const CONTENT: Meaning = { failure: "rejected", class: "poison", hint: "the content is refused" };
const TOO_FAST: Meaning = {
  failure: "rate-limited",
  class: "transient",
  hint: "more than 20 messages in a minute",
  waitMs: MINUTE_MS,
};

/** The meanings of `errcode`, which comes with status 200 (https://developer.work.weixin.qq.com/document/path/90313). */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ["-1", { failure: "server", class: "transient", hint: "wecom is busy", waitMs: BUSY_MS }],
  ["45009", TOO_FAST],
  ["45033", TOO_FAST],
  ["40008", CONTENT],
  ["40033", CONTENT],
  ["40058", CONTENT],
  ["44004", CONTENT],
  ["45002", { failure: "too-large", class: "poison", hint: "the message is too long" }],
  [
    "93000",
    {
      failure: "not-found",
      class: "broken",
      hint: "there is no such robot: it was removed, or the key is wrong",
    },
  ],
  ["93004", { failure: "gone", class: "broken", hint: "the robot is switched off" }],
  ["93008", { failure: "gone", class: "broken", hint: "the robot is not in the group any more" }],
]);
