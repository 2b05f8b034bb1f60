export type { ExplainedAlert, HeldBackBy } from "./explained-alert.ts";
export { type EventExplanation, type ExplainContext, explainEvent } from "./explanation.ts";
export { readHandwritten } from "./read-handwritten.ts";
export type { Outcome } from "./outcome.ts";
export { type LookedUpLabels, withLabels } from "./with-labels.ts";
export { learnFrom, type OwnerLookup, readOwners } from "./owner-lookup.ts";
