import type { AlertState, GroupState } from "../../alert/index.ts";
import type { Group } from "../schemas/group.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

const MOST_FINGERPRINTS = 100;

/** When a group began: with its oldest alert, or else with what was told last. Epoch milliseconds. */
export function openedAt(group: GroupState, alerts: ReadonlyMap<string, AlertState>): number {
  const times = group.fingerprints.flatMap((fingerprint) => alerts.get(fingerprint)?.openedAt ?? []);
  const known = times.length > 0 ? times : group.told.map(({ lastAt }) => lastAt);
  return known.reduce((oldest, at) => Math.min(oldest, at), known[0] ?? 0);
}

/** A group as answers give it. @param alerts All alerts, by fingerprint. */
export function toGroup(state: GroupState, alerts: ReadonlyMap<string, AlertState>): Group {
  const { key, route, labels, fingerprints, moved } = state;
  const inPhase = (phase: AlertState["phase"]): number =>
    fingerprints.filter((fingerprint) => alerts.get(fingerprint)?.phase === phase).length;
  return {
    key,
    route,
    labels,
    openedAt: toInstant(openedAt(state, alerts)),
    alerts: { firing: inPhase("firing"), resolved: inPhase("resolved") },
    fingerprints: fingerprints.slice(0, MOST_FINGERPRINTS),
    fingerprintsOmitted: Math.max(0, fingerprints.length - MOST_FINGERPRINTS),
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
