import type { Meaning } from "../../sink/chat/index.ts";

/**
 * The page of error codes wants a pause, and three tries at most. The pause is kept; the tries go on, five minutes apart
 * at last, because an alert that is given up is lost.
 */
const BUSY_MS = 10_000;

/** A robot that sent more than 20 messages in a minute may not send for ten. */
const BAN_MS = 10 * 60_000;

const TOO_FAST: Meaning = {
  failure: "rate-limited",
  class: "transient",
  hint: "more than 20 messages in a minute",
  waitMs: BAN_MS,
};
const CONTENT: Meaning = { failure: "rejected", class: "poison", hint: "the content is refused" };
const TOKEN: Meaning = { failure: "unauthorized", class: "broken", hint: "the access_token is wrong" };
const GONE: Omit<Meaning, "hint"> = { failure: "gone", class: "broken" };

/**
 * The meanings of `errcode`, which comes with status 200
 * (https://open.dingtalk.com/document/robots/custom-robot-access, and its copies).
 */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ["-1", { failure: "server", class: "transient", hint: "dingtalk is busy", waitMs: BUSY_MS }],
  ["130101", TOO_FAST],
  ["410100", TOO_FAST],
  ["1111", TOO_FAST],
  [
    "310000",
    {
      failure: "unauthorized",
      class: "broken",
      hint: "the robot's security settings refuse it: look at secret, the clock, its keywords and its addresses",
    },
  ],
  ["300001", TOKEN],
  ["300005", TOKEN],
  ["400101", TOKEN],
  ["400102", { ...GONE, hint: "the robot is switched off" }],
  ["400106", { ...GONE, hint: "the robot was deleted" }],
  ["400013", { ...GONE, hint: "the group was dissolved" }],
  ["430101", CONTENT],
  ["430102", CONTENT],
  ["430103", CONTENT],
  ["430104", CONTENT],
  ["460101", { failure: "too-large", class: "poison", hint: "the message is too long" }],
]);
