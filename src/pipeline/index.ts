export { type LookUp, ingest } from "./ingest.ts";
export { OwnerIndex } from "./owner-index.ts";
export { Pipeline, type PipelineOptions } from "./pipeline.ts";
