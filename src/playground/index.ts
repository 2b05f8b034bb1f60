export { Playground } from "./playground.ts";
export type { Trial, TrialFault, TrialSize } from "./trial.ts";
