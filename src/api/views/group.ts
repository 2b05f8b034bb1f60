import type { GroupState } from "../../alert/index.ts";
import type { GroupAlerts } from "../../store/index.ts";
import type { Group } from "../schemas/group.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

/** Fingerprints listed of one group. */
export const MOST_FINGERPRINTS = 100;

const NO_ALERTS: GroupAlerts = { firing: 0, resolved: 0, openedAt: undefined, fingerprints: [] };

/** Makes the answer's form of a group. @param alerts Its alerts; undefined for none. */
export function toGroup(state: GroupState, alerts = NO_ALERTS): Group {
  const { key, route, labels, moved } = state;
  const { firing, resolved, fingerprints } = alerts;
  return {
    key,
    route,
    labels,
    openedAt: toInstant(alerts.openedAt ?? firstMessageAt(state)),
    alerts: { firing, resolved },
    fingerprints,
    fingerprintsOmitted: firing + resolved - fingerprints.length,
    nextLookAt: toInstantOrNull(state.flushAt),
    moved,
    sent: state.told.map(toSent),
  };
}

/** Epoch milliseconds: a group that has lost its alerts is at least as old as the messages about it. */
function firstMessageAt({ told }: GroupState): number {
  return told.length === 0 ? 0 : Math.min(...told.map(({ lastAt }) => lastAt));
}

function toSent({
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
