export type { StateLookUp } from "./fact-inputs.ts";
export { type LookUp, ingest } from "./ingest.ts";
export { RecentChanges } from "./recent-changes.ts";
export { replicaSetsToAsk, withSurroundings } from "./surroundings.ts";
export { RecentObservations } from "./recent-observations.ts";
export { OwnerIndex } from "./owner-index.ts";
export { Pipeline } from "./pipeline.ts";
export type { PipelineOptions } from "./pipeline-options.ts";
