export type { ChatMessage } from "./chat-message.ts";
export type { ChatThread, LaterStep } from "./chat-thread.ts";
export { addressOf, type ChatCall, type Connection, type Target } from "./connection.ts";
export { type ChatSpec, defineChatSink } from "./define-chat-sink.ts";
export type { Dialect } from "./dialect.ts";
export { DIALECTS } from "./dialects/dialects.ts";
export { fit, jsonBytes } from "./fit.ts";
export {
  type AnswerRules,
  type ChatAnswer,
  judgeAnswer,
  type Meaning,
  type Reading,
  type Verdict,
} from "./judge-answer.ts";
export { layOut, type LayoutOptions, type LayoutPart } from "./layout.ts";
export { type Mentions, mentionsOf, mentionsOption } from "./mentions.ts";
export { sharedLabel, sharedObject } from "./shared-label.ts";
