export {
  type ExplainContext,
  type ExplainedAlert,
  explainEvent,
  type Explanation,
  learnFrom,
  type Surroundings,
} from "./explanation.ts";
