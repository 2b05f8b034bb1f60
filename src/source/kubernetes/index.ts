export { createKubernetesSource, type KubernetesSourceOptions } from "./kubernetes-source.ts";
export { type Scope, scopesOf } from "./scope.ts";
export type { StartFrom } from "./start-from.ts";
export { explainFailure, type Survey, surveyEvents, tryWatch } from "./survey.ts";
