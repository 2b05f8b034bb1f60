export type { CommonOptions, ConfiguredSink } from "./configured-sink.ts";
export { DeliveryError, type Failure, type FailureClass } from "./delivery-error.ts";
export type { HttpClient, HttpOptions, HttpRequest, HttpResponse } from "./http-client.ts";
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
