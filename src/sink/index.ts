export type { ConfiguredSink } from "./configured-sink.ts";
export { createSink, previewOf, type SinkDeps } from "./create-sink.ts";
export { parseSink } from "./parse-sink.ts";
export {
  CODE_SPAN,
  COLOURS,
  plainCode,
  present,
  type Presentation,
  spell,
  type State,
} from "./present/index.ts";
export type { GroupActions, GroupSilence, OpenGroup, SilenceWish } from "./group-actions.ts";
export { sinkSchema } from "./sink-schema.ts";
export {
  type Attempt,
  defineSink,
  type PreviewLook,
  type RecordOutcome,
  type Sent,
  type Sink,
  type SinkContext,
  type SinkRecord,
  type SinkTraits,
  type SinkType,
} from "./sink.ts";
export { nativeJson } from "./native-json.ts";
export { testNotification } from "./test-notification.ts";
export { testRecord } from "./test-record.ts";
export { withTexts } from "./texts.ts";
export { wellFormedJson } from "./well-formed.ts";
