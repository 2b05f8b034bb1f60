import { setImmediate } from "node:timers/promises";

import { type Silence, standingOf } from "../../alert/index.ts";
import type { Queries } from "../../store/index.ts";
import { allPages } from "../paging.ts";

/** Alerts whose labels are read and compared at once. */
const PAGE = 250;
/** Silences that are compared with these alerts in one go: some milliseconds of regular expressions. */
const SILENCES_AT_ONCE = 50;

/**
 * Counts the alerts that fire now and that each silence matches; other work runs in between. Keyed by the id of the
 * silence.
 *
 * @param now Epoch milliseconds. @param gone Ends it before its next step; left out: it goes on to its end. @throws
 * {Error} AbortError then.
 */
export async function countMatches(
  queries: Pick<Queries, "labels">,
  silences: readonly Silence[],
  now: number,
  gone?: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map(silences.map(({ id }) => [id, 0]));
  if (silences.length === 0) return counts;
  const matchers = silences.map((silence) => ({ id: silence.id, ...standingOf(silence, now) }));
  const firing = allPages((after) => queries.labels({ phases: ["firing"], limit: PAGE, after }), gone);
  for await (const alerts of firing) {
    for (let at = 0; at < matchers.length; at += SILENCES_AT_ONCE) {
      for (const { id, matches } of matchers.slice(at, at + SILENCES_AT_ONCE))
        counts.set(id, (counts.get(id) ?? 0) + alerts.filter(matches).length);
      await setImmediate(undefined, { signal: gone });
    }
  }
  return counts;
}
