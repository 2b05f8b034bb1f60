import type { AlertState, GroupState } from "../state.ts";

/** Ends within two hours after which a group that fires again is flapping (docs/design/alerting.md#flapping). */
const CYCLES = 2;
const CYCLES_WITHIN_MS = 2 * 3_600_000;

/** A flapping group sends its end when it has not fired again for this long. */
const SETTLED_AFTER_MS = 3_600_000;

/** The kept past of a group. */
type Past = Pick<GroupState, "ends" | "flapping">;

/** Whether a group fires and ends over and over. */
export function isFlapping({ ends = [], flapping = false }: Past, now: number): boolean {
  return flapping || ends.filter((end) => end + CYCLES_WITHIN_MS > now).length >= CYCLES;
}

/**
 * The past of a group whose end all its sinks were sent. A flapping group has settled then, and starts without a past.
 */
export function afterEnd({ ends = [], flapping = false }: Past, now: number): Past {
  return { ends: flapping ? [] : [...recent(ends, now), now].slice(-CYCLES), flapping: false };
}

/** The group without ends that are older than two hours. */
export function withoutOld<Group extends Past>(group: Group, now: number): Group {
  const { ends = [] } = group;
  const kept = recent(ends, now);
  return kept.length === ends.length ? group : { ...group, ends: kept };
}

/**
 * The time at which the newest end of a group becomes too old to count, epoch milliseconds; undefined without an end.
 */
export function endOfMemory({ ends = [] }: Past): number | undefined {
  const last = ends.at(-1);
  return last === undefined ? undefined : last + CYCLES_WITHIN_MS;
}

/** The earliest time at which a group may send the end of these alerts, epoch milliseconds; 0 when it does not flap. */
export function settledAt({ flapping = false }: Past, ended: readonly AlertState[]): number {
  return flapping ? Math.max(0, ...ended.map(({ occurredAt }) => occurredAt)) + SETTLED_AFTER_MS : 0;
}

function recent(ends: readonly number[], now: number): readonly number[] {
  return ends.filter((end) => end + CYCLES_WITHIN_MS > now);
}
