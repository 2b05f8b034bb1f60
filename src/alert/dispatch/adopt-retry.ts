import { worstOf } from "../../lib/severity.ts";
import type { DeliveryOutcome } from "../changes.ts";
import type { GroupState, SentState } from "../state.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { nextRepeatAt } from "./group-timing.ts";
import { sync } from "./membership.ts";
import { sentAlert } from "./sent-state.ts";

/**
 * Records that a receiver has accepted a first message that was a dead letter before: somebody had it sent again. It
 * knows of the alerts that still fire, so it gets their ends.
 *
 * @param group One of which the sink was sent nothing else.
 */
export function adoptRetry(
  context: DispatchContext,
  group: GroupState,
  { id, sink, firing }: DeliveryOutcome,
): void {
  const { alerts, groups, routes, now } = context;
  const known = firing.flatMap((fingerprint) => {
    const alert = alerts.get(fingerprint);
    // It may have moved to another group meanwhile.
    const goesThere = alert?.destinations.some(
      ({ groupKey, sinks }) => groupKey === group.key && sinks.includes(sink),
    );
    return alert !== undefined && alert.phase === "firing" && goesThere === true ? [alert] : [];
  });
  if (known.length === 0) return;
  const told: SentState = {
    sink,
    deliveryId: id,
    firing: Object.fromEntries(
      known.map((alert) => [alert.fingerprint, { ...sentAlert(alert, undefined, false), accepted: true }]),
    ),
    accepted: true,
    lastAt: now,
    repeats: 0,
    repeatAt: nextRepeatAt(
      now,
      routes.repeatInterval(group, worstOf(known.map(({ severity }) => severity))),
      0,
    ),
  };
  groups.put({ ...group, told: [...group.told, told] });
  for (const alert of known) sync(context, alert);
}
