export { AlertCounts } from "./alert-counts.ts";
export type { Change } from "./change-log.ts";
export { type Committed, Feed } from "./feed.ts";
export { type CountedState, createStateGauges } from "./state-gauges.ts";
