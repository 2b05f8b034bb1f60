export { type LookUp, sift } from "./occurrences.ts";
export { OwnerIndex } from "./owner-index.ts";
export { Pipeline, type PipelineOptions } from "./pipeline.ts";
