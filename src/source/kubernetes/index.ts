export { createKubernetesSource, type KubernetesSourceOptions } from "./kubernetes-source.ts";
export type { StartFrom } from "./start-from.ts";
