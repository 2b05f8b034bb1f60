import type { AlertState, GroupState } from "../../alert/index.ts";
import type { Group } from "../schemas/group.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

const MOST_FINGERPRINTS = 100;

/** Alerts by their groups. */
export function byGroup(alerts: Iterable<AlertState>): ReadonlyMap<string, readonly AlertState[]> {
  const pairs = [...alerts].flatMap((alert) =>
    alert.destinations.map(({ groupKey }) => ({ groupKey, alert })),
  );
  const grouped = Map.groupBy(pairs, ({ groupKey }) => groupKey);
  return new Map([...grouped].map(([key, entries]) => [key, entries.map(({ alert }) => alert)]));
}

/** The beginning of a group: that of its oldest alert, or else its last message. Epoch milliseconds. */
export function openedAt(group: GroupState, alerts: readonly AlertState[]): number {
  const times = alerts.map((alert) => alert.openedAt);
  const known = times.length > 0 ? times : group.told.map(({ lastAt }) => lastAt);
  return known.reduce((oldest, at) => Math.min(oldest, at), known[0] ?? 0);
}

/** Makes the answer's form of a group. @param alerts Its alerts. */
export function toGroup(state: GroupState, alerts: readonly AlertState[]): Group {
  const { key, route, labels, moved } = state;
  const inPhase = (phase: AlertState["phase"]): number =>
    alerts.filter((alert) => alert.phase === phase).length;
  return {
    key,
    route,
    labels,
    openedAt: toInstant(openedAt(state, alerts)),
    alerts: { firing: inPhase("firing"), resolved: inPhase("resolved") },
    fingerprints: alerts.slice(0, MOST_FINGERPRINTS).map(({ fingerprint }) => fingerprint),
    fingerprintsOmitted: Math.max(0, alerts.length - MOST_FINGERPRINTS),
    nextLookAt: toInstantOrNull(state.flushAt),
    moved,
    told: state.told.map(toTold),
  };
}

function toTold({
  sink,
  deliveryId,
  firing,
  accepted,
  lastAt,
  repeatAt,
  repeats,
}: GroupState["told"][number]) {
  return {
    sink,
    deliveryId,
    firing: Object.keys(firing).length,
    accepted,
    lastAt: toInstant(lastAt),
    repeatAt: toInstant(repeatAt),
    repeats,
  };
}
