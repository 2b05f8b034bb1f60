export type { StepFailure } from "./after-step.ts";
export type { ThreadAbilities } from "./plan-thread.ts";
export { sendInThread, type ThreadReceiver } from "./send-in-thread.ts";
export type { ThreadMemory } from "./thread-memory.ts";
export { nextStepOf, type ThreadStep } from "./thread-step.ts";
