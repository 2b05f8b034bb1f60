/**
 * The door for programs that embed Tocsin, and for authors of sinks: the service as an object, its configuration, and
 * the parts that a sink is made with. Pass your types of sinks to `loadConfiguration`, and its result to `createApp`.
 */
export type { Notification } from "./alert/index.ts";
export { type App, type AppOptions, createApp } from "./app/index.ts";
export { type Configuration, loadConfiguration, type LoadedConfiguration } from "./config/index.ts";
export { type ApiClient, connect } from "./kube/index.ts";
export { DeliveryError } from "./egress/index.ts";
export { systemClock } from "./lib/clock.ts";
export { createLogger } from "./lib/log.ts";
export { Metrics } from "./lib/metrics.ts";
export { createScrubber } from "./lib/scrub.ts";
export {
  type Attempt,
  defineSink,
  type Sink,
  type SinkContext,
  type SinkRecord,
  type SinkType,
} from "./sink/index.ts";
export { loadSinkTypes } from "./sinks/index.ts";
