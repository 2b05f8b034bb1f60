export { defineRecordSink } from "./define-record-sink.ts";
export type { PackedBody, RecordStore, StoreAnswer, StoreVerdict } from "./record-store.ts";
