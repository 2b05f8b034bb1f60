export { type Replayed, replayRecording } from "./replay.ts";
export type { RehearsedMessage, RuleCount } from "./rehearsal.ts";
