export { type Configuration, type ConfigurationOrigin, sizeOf, summaryOf } from "./configuration.ts";
export { loadConfiguration, type LoadedConfiguration, type LoadOptions } from "./load-configuration.ts";
export { changedAtStart } from "./process-settings.ts";
export type { ProcessSettings } from "./sections.ts";
export { configurationJsonSchema, ruleFileJsonSchema } from "./json-schema.ts";
export { type LocatedSecret, unresolvedSecrets } from "./secrets.ts";
export { type FileWatch, watchFiles } from "./watch-files.ts";
export type { WatchedFiles } from "./watched-files.ts";
export { type ConfigurationSpec, type RuleFileSpec, type SinkSpec, writeSpec } from "./spec.ts";
