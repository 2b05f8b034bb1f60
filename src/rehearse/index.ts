export { type Replayed, replayRecording } from "./replay.ts";
export { runTestFile, type TestResult } from "./run-tests.ts";
export type { RehearsedMessage, RuleCount } from "./rehearsal.ts";
