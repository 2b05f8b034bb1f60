import { type AlertState, type LiveState, liveStateFrom, type Policy } from "../../alert/index.ts";
import type { ExplainedAlert } from "../../explain/index.ts";
import type { Queries } from "../../store/index.ts";
import { allPages } from "../paging.ts";

/** Alerts read at once: their labels are small. */
const PAGE = 1000;

/** Alerts read whole at once. */
const MOST_WHOLE = 200;

/** The queries of an explanation. */
export type ExplainQueries = Pick<Queries, "alerts" | "labels" | "groupsByKey" | "silences">;

/**
 * Reads as much of the state as an explanation looks at: the alerts that the Event may join, their groups, the causes
 * that may hold them back, and the silences.
 *
 * @param alerts Of an explanation for a state in which nothing is open.
 */
export async function readLiveState(
  { queries, messagesToCome }: { readonly queries: ExplainQueries } & Pick<LiveState, "messagesToCome">,
  policy: Policy,
  alerts: readonly ExplainedAlert[],
): Promise<LiveState> {
  const open = await alertsOf(queries, new Set(alerts.map(({ fingerprint }) => fingerprint)));
  const causes = await alertsOf(queries, await findSources(queries, policy));
  const keys = new Set([
    ...alerts.map(({ groupKey }) => groupKey),
    ...open.flatMap(({ destinations }) => destinations.map(({ groupKey }) => groupKey)),
  ]);
  const groups = await queries.groupsByKey([...keys]);
  const silences = await queries.silences();
  return liveStateFrom(policy, { alerts: [...open, ...causes], groups, silences, messagesToCome });
}

/** Fingerprints of the alerts that may be the cause of others. */
async function findSources(queries: ExplainQueries, { inhibit }: Policy): Promise<ReadonlySet<string>> {
  const sources = new Set<string>();
  if (inhibit.length === 0) return sources;
  for await (const alerts of allPages((after) => queries.labels({ limit: PAGE, after }))) {
    for (const { fingerprint, labels } of alerts) {
      if (inhibit.some((rule) => rule.isSource(labels))) sources.add(fingerprint);
    }
  }
  return sources;
}

async function alertsOf(
  queries: ExplainQueries,
  fingerprints: ReadonlySet<string>,
): Promise<readonly AlertState[]> {
  if (fingerprints.size === 0) return [];
  const all = [...fingerprints];
  const found: AlertState[] = [];
  const pages = allPages((after) => queries.alerts({ fingerprints: all, limit: MOST_WHOLE, after }));
  for await (const rows of pages) found.push(...rows);
  return found;
}
