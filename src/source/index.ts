export type { EventSource, SourceMessage, SourceStatus } from "./source.ts";
