import type { AlertState, SentState } from "../state.ts";
import type { View } from "./view.ts";

/**
 * Ends of some alerts of a group that goes on wait this long for others, and for the end of the group: longer than quiet,
 * which ends those that no counter-event ends. They ride on any message of the group before; milliseconds.
 */
const TOGETHER_MS = 20 * 60_000;

/** Shortest time between the last message of a group and one about its ends in part; milliseconds. */
const APART_MS = 10 * 60_000;

/** An end in part that its sink cannot take now is looked at again after this time; milliseconds. */
export const LOOK_AGAIN_MS = 60_000;

/** Ended alerts of a group that goes on which are kept, to be named in its last message. */
const MOST_KEPT = 100;

/**
 * The time at which ends in part are told by themselves: 20 minutes after the first of them, and ten after the last
 * message of the group; epoch milliseconds. Undefined without any.
 *
 * @param ended Alerts that have ended and that the sink was not told of as ended.
 */
export function partEndsAt(
  ended: readonly Pick<AlertState, "resolvedAt">[],
  { lastAt }: Pick<SentState, "lastAt">,
): number | undefined {
  if (ended.length === 0) return undefined;
  const first = Math.min(...ended.map(({ resolvedAt }) => resolvedAt ?? Infinity));
  return Math.max(first + TOGETHER_MS, lastAt + APART_MS);
}

/** The ended alerts that the next message about a group names: those that no accepted message has named as ended. */
export function endsToTell({ meanwhile, kept }: View, told: SentState | undefined): readonly AlertState[] {
  const unaccepted = kept.filter(({ fingerprint }) => told?.firing[fingerprint]?.over === "sent");
  return [...meanwhile, ...unaccepted];
}

/** The ended alerts of a group that goes on which stay in its sent state: the newest of those that were told. */
export function keptEnds({ kept }: View, told: SentState | undefined): readonly AlertState[] {
  const isOver = ({ fingerprint }: AlertState): boolean => told?.firing[fingerprint]?.over !== undefined;
  const over = kept.filter(isOver).toSorted((a, b) => (b.resolvedAt ?? 0) - (a.resolvedAt ?? 0));
  const dropped = new Set(over.slice(MOST_KEPT));
  return kept.filter((alert) => !dropped.has(alert));
}
