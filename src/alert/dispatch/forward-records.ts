import { cutMiddle } from "../../lib/cut-middle.ts";
import { fingerprint } from "../../lib/hash.ts";
import type { NewRecord } from "../changes.ts";
import { toRecordEvent, toTime } from "../message/wire.ts";
import type { ForwardNews } from "../news.ts";
import type { EventRecord } from "../notification.ts";
import type { Policy } from "../policy.ts";

/**
 * Longest record as JSON, in UTF-16 units. JSON writes a control character as six of them, so that a bound of the texts
 * themselves says little.
 */
const LONGEST_RECORD = 32 * 1024;

/** The records of one occurrence, one for each sink of each forward that wants it. */
export function forwardRecords(
  { occurrence, wanted }: ForwardNews,
  { sinks }: Pick<Policy, "sinks">,
): readonly NewRecord[] {
  const { cluster, uid, resourceVersion } = occurrence.event;
  const event = toRecordEvent(occurrence.event);
  return wanted.flatMap(({ forward, delta }) =>
    forward.sinks.map((sink) => {
      const id = fingerprint([cluster, String(occurrence.epoch), uid, resourceVersion, forward.name, sink]);
      const record: EventRecord = {
        version: "1",
        id,
        kind: "event",
        forward: forward.name,
        cluster,
        receivedAt: toTime(occurrence.receivedAt),
        delta,
        event,
      };
      const maxAgeMs = sinks.get(sink)?.maxAgeMs;
      return {
        id,
        sink,
        body: encoded(record),
        createdAt: occurrence.receivedAt,
        expiresAt: maxAgeMs === undefined ? undefined : occurrence.receivedAt + maxAgeMs,
      };
    }),
  );
}

/** The record as JSON. One that is too long has no labels and annotations, and its texts are cut. */
function encoded(record: EventRecord): string {
  const whole = JSON.stringify(record);
  if (whole.length <= LONGEST_RECORD) return whole;
  const { event } = record;
  const { labels: _, annotations: __, ...involvedObject } = event.involvedObject;
  const slim = { ...record, event: { ...event, involvedObject, metadata: { labels: {}, annotations: {} } } };
  const cut = JSON.stringify(slim, textsUpTo(1024));
  return cut.length <= LONGEST_RECORD ? cut : JSON.stringify(slim, textsUpTo(128));
}

/** A replacer of `JSON.stringify`. */
function textsUpTo(longest: number): (key: string, value: unknown) => unknown {
  return (_key, value) => (typeof value === "string" ? cutMiddle(value, longest) : value);
}
