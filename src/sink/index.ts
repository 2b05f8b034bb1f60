export { builtinSinks } from "./builtin/index.ts";
export type { ConfiguredSink } from "./configured-sink.ts";
export { createSink, type SinkHost } from "./create-sink.ts";
export { DeliveryError } from "./delivery-error.ts";
export { createHttpClient } from "./http-client.ts";
export { HttpSettings } from "./http-settings.ts";
export { parseSink } from "./parse-sink.ts";
export {
  type Attempt,
  defineSink,
  type Sink,
  type SinkContext,
  type SinkRecord,
  type SinkType,
} from "./sink.ts";
export { withTexts } from "./texts.ts";
