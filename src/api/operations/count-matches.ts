import { type Silence, standingOf } from "../../alert/index.ts";
import type { Queries } from "../../store/index.ts";
import { allPages } from "../paging.ts";

/** Alerts read at once: their labels are small. */
const PAGE = 1000;

/** Counts the alerts that fire now and that each silence matches. Keyed by the id of the silence. */
export async function countMatches(
  queries: Pick<Queries, "labels">,
  silences: readonly Silence[],
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map(silences.map(({ id }) => [id, 0]));
  if (silences.length === 0) return counts;
  const matchers = silences.map((silence) => ({ id: silence.id, ...standingOf(silence, now) }));
  const firing = allPages((after) => queries.labels({ phases: ["firing"], limit: PAGE, after }));
  for await (const alerts of firing) {
    for (const { id, matches } of matchers) {
      counts.set(id, (counts.get(id) ?? 0) + alerts.filter(matches).length);
    }
  }
  return counts;
}
