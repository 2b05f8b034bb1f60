import { fingerprint } from "../../lib/hash.ts";
import type { NewRecord } from "../changes.ts";
import { toTime, toWireEvent } from "../message/wire.ts";
import type { ForwardNews } from "../news.ts";
import type { EventRecord } from "../notification.ts";
import type { Policy } from "../policy.ts";

/** The records of one occurrence, one for each sink of each forward that wants it. */
export function forwardRecords(
  { occurrence, wanted }: ForwardNews,
  { sinks }: Pick<Policy, "sinks">,
): readonly NewRecord[] {
  const { cluster, uid, resourceVersion } = occurrence.event;
  const event = toWireEvent(occurrence.event);
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
        body: JSON.stringify(record),
        createdAt: occurrence.receivedAt,
        expiresAt: maxAgeMs === undefined ? undefined : occurrence.receivedAt + maxAgeMs,
      };
    }),
  );
}
