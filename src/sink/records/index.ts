export { defineRecordSink } from "./define-record-sink.ts";
export { parseRecord } from "./parse-record.ts";
export type { PackedBody, RecordStore, RequestTarget, StoreAnswer, StoreVerdict } from "./record-store.ts";
