export { builtinSinks } from "./builtin/index.ts";
export type { ConfiguredSink } from "./configured-sink.ts";
export { createSink, previewOf, type SinkHost } from "./create-sink.ts";
export { DeliveryError, type Failure, type FailureClass } from "./delivery-error.ts";
export { createHttpClient, type HttpClient } from "./http-client.ts";
export { HttpSettings } from "./http-settings.ts";
export { sinkSchema } from "./schema-of.ts";
export { parseSink } from "./parse-sink.ts";
export {
  type Attempt,
  defineSink,
  type RecordOutcome,
  type Sent,
  type Sink,
  type SinkContext,
  type SinkRecord,
  type SinkType,
} from "./sink.ts";
export { withTexts } from "./texts.ts";
