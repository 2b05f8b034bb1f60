import type { RoutedDestination } from "../routing/destinations.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { newGroup, sync } from "./membership.ts";

/** The labels of groups that this program made by default before groups had a namespace. */
const FORMER_DEFAULTS: ReadonlySet<string> = new Set(["cluster,rule", "cluster,reason,rule"]);

/**
 * Carries an alert from the groups of a former default to those of today, with what its sinks were sent, so that nobody
 * hears of an upgrade.
 *
 * @returns Whether that is the whole difference between its groups before and now.
 */
export function carryOver(context: DispatchContext, alert: AlertState): boolean {
  const { groups, routes } = context;
  const now = routes.destinationsOf(alert);
  const moves = alert.destinations.map(({ groupKey, sinks }) => {
    const from = groups.get(groupKey);
    const to = now.find(({ route }) => route.name === from?.route);
    const isSame = JSON.stringify(to?.sinks) === JSON.stringify(sinks);
    return from !== undefined && to !== undefined && isSame && isOfFormerDefault(from, to)
      ? { from, to }
      : undefined;
  });
  const known = moves.filter((move) => move !== undefined);
  if (known.length !== moves.length || known.length !== now.length || known.length === 0) return false;
  for (const { from, to } of known) carry(context, alert, { from, to });
  const destinations = now.map(({ groupKey, sinks }) => ({ groupKey, sinks }));
  context.alerts.patch(alert.fingerprint, { destinations });
  for (const { from } of known) groups.removeFrom(from.key, alert.fingerprint);
  sync(context, alert);
  return true;
}

function isOfFormerDefault(from: GroupState, { route, groupKey }: RoutedDestination): boolean {
  const names = Object.keys(from.labels).toSorted().join(",");
  return route.groupBy === "default" && from.key !== groupKey && FORMER_DEFAULTS.has(names);
}

function carry(
  { groups, digests }: DispatchContext,
  { fingerprint }: AlertState,
  { from, to }: { readonly from: GroupState; readonly to: RoutedDestination },
): void {
  const known = groups.get(to.groupKey) ?? {
    ...newGroup(to.groupKey, to.route.name, to.labels),
    held: from.held,
    ends: from.ends,
    waiting: from.waiting,
    flapping: from.flapping,
  };
  const flushAt = Math.min(known.flushAt ?? Infinity, from.flushAt ?? Infinity);
  groups.put({
    ...known,
    told: from.told.reduce((told, sent) => withSent(told, sent, fingerprint), known.told),
    flushAt: Number.isFinite(flushAt) ? flushAt : undefined,
  });
  for (const sink of Object.keys(from.waiting ?? {})) digests.wait(sink, to.groupKey);
}

/** The sent states of a group with those of one alert, as its former group has them. */
function withSent(told: readonly SentState[], sent: SentState, fingerprint: string): readonly SentState[] {
  const entry = sent.firing[fingerprint];
  if (entry === undefined) return told;
  const own = told.find(({ sink }) => sink === sent.sink);
  const next = { ...(own ?? sent), firing: { ...own?.firing, [fingerprint]: entry } };
  return [...told.filter((each) => each !== own), next];
}
