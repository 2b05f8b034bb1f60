export { builtinSinks } from "./builtin/index.ts";
export type { CommonOptions, ConfiguredSink } from "./configured-sink.ts";
export { createSink, type SinkHost } from "./create-sink.ts";
export { DeliveryError, type Failure, type FailureClass } from "./delivery-error.ts";
export {
  createHttpClient,
  type HttpClient,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
} from "./http-client.ts";
export { classifyStatus } from "./http-error.ts";
export { HttpSettings } from "./http-settings.ts";
export { type ParsedSink, parseSink } from "./parse-sink.ts";
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
export { type TextUse, withTexts } from "./texts.ts";
