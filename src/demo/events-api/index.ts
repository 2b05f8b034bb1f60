export { type EventsApi, type EventsApiOptions, startEventsApi, type Written } from "./server.ts";
export { type Status, StatusError } from "./status.ts";
export type { StorageStats } from "./storage.ts";
