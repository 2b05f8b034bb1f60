export { type ExplainContext, type ExplainedAlert, explainEvent, type Explanation } from "./explanation.ts";
export { learnFrom, type OwnerLookup, readOwners } from "./owner-lookup.ts";
