import type { Occurrence } from "../../event/index.ts";
import { fingerprint } from "../../lib/hash.ts";
import type { CompiledForward } from "../../rule/index.ts";
import type { NewRecord } from "../changes.ts";
import { toTime, toWireEvent } from "../message/wire.ts";
import type { EventRecord } from "../notification.ts";
import type { Policy } from "../policy.ts";

/** The records of one occurrence, one per sink of each forward that wants it. */
export function recordsOf(
  occurrence: Occurrence,
  forwards: readonly CompiledForward[],
  {
    cluster,
    sinks,
    deltaFor,
  }: Pick<Policy, "cluster" | "sinks"> & {
    /** How much of the occurrence is the business of a forward. */
    readonly deltaFor: (forward: CompiledForward) => number;
  },
): readonly NewRecord[] {
  const event = toWireEvent(occurrence.event);
  return forwards.flatMap((forward) =>
    forward.sinks.map((sink) => {
      const id = fingerprint([occurrence.key, forward.name, sink]);
      const record: EventRecord = {
        version: "1",
        id,
        kind: "event",
        forward: forward.name,
        cluster,
        receivedAt: toTime(occurrence.receivedAt),
        delta: deltaFor(forward),
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
