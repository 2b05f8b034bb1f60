export {
  createKubernetesSource,
  explainFailure,
  type KubernetesSourceOptions,
  type Scope,
  scopesOf,
  type StartFrom,
  type Survey,
  surveyEvents,
  tryWatch,
} from "./kubernetes/index.ts";
export type { EventSource, SourceMessage, SourceStatus } from "./source.ts";
