export {
  type ExplainContext,
  type ExplainedAlert,
  explainEvent,
  type Explanation,
  learnFrom,
  type OwnerLookup,
} from "./explanation.ts";
