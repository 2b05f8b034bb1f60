import type { EventRecord } from "../../alert/index.ts";
import { truncateBytes } from "../../lib/text.ts";

/**
 * Loki refuses lines that are more than an hour older than the newest of their stream (half of `max_chunk_age`). No
 * line is older than this when its record comes, so that Events which come late do not get lost.
 */
const OLDEST_AT_RECEIPT_MS = 50 * 60_000;

/** `reject_old_samples_max_age` is a week. */
const OLDEST_MS = 167 * 3_600_000;

/** `max_label_value_length` is 2048 bytes. */
const LONGEST_LABEL = 1024;

/** `max_structured_metadata_size` is 64 KB for all values of a line. */
const LONGEST_VALUE = 4096;

/** One line of one stream. */
export interface LokiEntry {
  /** The labels of the stream that come from the Event. */
  readonly labels: { readonly cluster: string; readonly namespace: string; readonly type: string };
  /** Nanoseconds since 1970. */
  readonly timestamp: string;
  readonly line: string;
  /** A value that is undefined is left out. */
  readonly metadata: Readonly<Record<string, string | undefined>>;
}

/** @param now Epoch milliseconds. */
export function toEntry(record: EventRecord, json: string, now: number): LokiEntry {
  const { event, cluster, receivedAt } = record;
  const { involvedObject: object } = event;
  return {
    labels: { cluster, namespace: labelOf(object.namespace), type: typeOf(event.type) },
    timestamp: `${timeOf(event.lastSeen, receivedAt, now)}000000`,
    line: json,
    metadata: {
      kind: valueOf(object.kind),
      name: valueOf(object.name),
      container: valueOf(object.container),
      reason: valueOf(event.reason),
      component: valueOf(event.source.component),
      node: valueOf(event.source.host),
      uid: valueOf(event.uid),
      count: String(event.count),
    },
  };
}

/** Epoch milliseconds. The same for each attempt, unless it waited for days. */
function timeOf(lastSeen: string, receivedAt: string, now: number): number {
  const received = Date.parse(receivedAt);
  const seen = Math.min(Date.parse(lastSeen), received);
  return Math.max(seen, received - OLDEST_AT_RECEIPT_MS, now - OLDEST_MS);
}

/** An Event may have any text as its type, and each would be streams of its own. */
function typeOf(type: string): string {
  return type === "Normal" || type === "Warning" ? type : "other";
}

function labelOf(text: string): string {
  return truncateBytes(text, LONGEST_LABEL);
}

function valueOf(text: string): string | undefined {
  return text === "" ? undefined : truncateBytes(text, LONGEST_VALUE);
}
