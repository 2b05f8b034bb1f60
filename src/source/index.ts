export { createKubernetesSource, type KubernetesSourceOptions, type StartFrom } from "./kubernetes/index.ts";
export type { EventSource, SourceMessage, SourceStatus } from "./source.ts";
