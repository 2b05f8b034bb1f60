export {
  type EventsApi,
  type EventsApiOptions,
  startEventsApi,
  type Written,
} from "./events-api/events-api.ts";
export type { StorageStats } from "./events-api/storage.ts";
export { playScenario, type PlayOptions } from "./scenario/play-scenario.ts";
export { scaledClock } from "./scenario/scaled-clock.ts";
export { type Chapter, loadScenario, type Scenario, type Step } from "./scenario/scenario.ts";
