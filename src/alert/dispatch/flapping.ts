import type { AlertState, GroupState } from "../state.ts";

/** A group that ended this often within this time flaps when it fires again (docs/design/alerting.md#flapping). */
const CYCLES = 2;
const CYCLES_WITHIN_MS = 2 * 3_600_000;

/** The end of a group that flaps is told when it has not come back for this long. */
const SETTLED_AFTER_MS = 3_600_000;

/** What is kept of a group's past. */
type Past = Pick<GroupState, "ends" | "flapping">;

/** Whether a group fires and ends over and over. */
export function isFlapping({ ends = [], flapping = false }: Past, now: number): boolean {
  return flapping || ends.filter((end) => end + CYCLES_WITHIN_MS > now).length >= CYCLES;
}

/** The past of a group that is over, as everybody has been told. One that flapped has settled, and begins anew. */
export function afterEnd({ ends = [], flapping = false }: Past, now: number): Past {
  return { ends: flapping ? [] : [...recent(ends, now), now].slice(-CYCLES), flapping: false };
}

/** The past without what is too old to matter. */
export function withoutOld<Group extends Past>(group: Group, now: number): Group {
  const { ends = [] } = group;
  const kept = recent(ends, now);
  return kept.length === ends.length ? group : { ...group, ends: kept };
}

/** Until when the past of a group matters, epoch milliseconds; undefined when it has none. */
export function endOfMemory({ ends = [] }: Past): number | undefined {
  const last = ends.at(-1);
  return last === undefined ? undefined : last + CYCLES_WITHIN_MS;
}

/** When the end of these may be told, epoch milliseconds; 0 for a group that does not flap. */
export function settledAt({ flapping = false }: Past, ended: readonly AlertState[]): number {
  return flapping ? Math.max(0, ...ended.map(({ occurredAt }) => occurredAt)) + SETTLED_AFTER_MS : 0;
}

function recent(ends: readonly number[], now: number): readonly number[] {
  return ends.filter((end) => end + CYCLES_WITHIN_MS > now);
}
