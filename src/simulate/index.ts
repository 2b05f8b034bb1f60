export { testFileJsonSchema } from "./json-schema.ts";
export { eventsOf } from "./events-of.ts";
export type { RecordedEvent } from "./recorded.ts";
export { readEvents } from "./recording.ts";
export { type Rendered, renderRule } from "./render-rule.ts";
export { type Replayed, replayRecording } from "./replay.ts";
export { runTestFile, type TestResult } from "./run-tests.ts";
export type { SimulatedMessage, RuleCount } from "./simulation.ts";
