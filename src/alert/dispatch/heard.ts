import type { Heard } from "../state.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { groupsOf } from "./membership.ts";

/** Keeps with each alert that has left a sent state of a group the last message to its sink. */
export function keepHeard(
  { alerts }: Pick<DispatchContext, "alerts">,
  { key, told: before }: Pick<GroupState, "key" | "told">,
  after: readonly SentState[],
): void {
  for (const sent of before) {
    const now = after.find(({ sink }) => sink === sent.sink);
    for (const fingerprint of Object.keys(sent.firing)) {
      if (now?.firing[fingerprint] !== undefined) continue;
      const alert = alerts.get(fingerprint);
      const heard = heardIn(key, sent, fingerprint);
      if (alert !== undefined && heard !== undefined)
        alerts.patch(fingerprint, { heard: withHeard(alert.heard ?? [], heard) });
    }
  }
}

/** The last message about an alert to each sink until now, by its groups and by those that it has left; each sink once. */
export function heardOf(context: DispatchContext, alert: AlertState): readonly Heard[] {
  const { fingerprint, heard = [] } = alert;
  const now = groupsOf(context, alert).flatMap(({ key, told }) =>
    told.flatMap((sent) => heardIn(key, sent, fingerprint) ?? []),
  );
  return now.reduce(withHeard, heard);
}

function heardIn(
  groupKey: string,
  { sink, deliveryId, firing }: SentState,
  fingerprint: string,
): Heard | undefined {
  const entry = firing[fingerprint];
  return entry && { sink, groupKey, deliveryId, accepted: entry.accepted === true };
}

/** The list with one more; what a receiver has accepted stays accepted. */
function withHeard(known: readonly Heard[], heard: Heard): readonly Heard[] {
  const before = known.find(({ sink }) => sink === heard.sink);
  if (before?.accepted === true) return known;
  return [...known.filter((each) => each !== before), heard];
}
