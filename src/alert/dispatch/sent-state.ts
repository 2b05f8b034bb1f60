import { worstOf } from "../../lib/severity.ts";
import type { DeliveryOutcome } from "../changes.ts";
import type { Hold } from "../hold.ts";
import type { AlertState, GroupState, SentAlert, SentState } from "../state.ts";
import type { DispatchContext, SinkTurn } from "./dispatch-context.ts";
import { lookAgainAt, nextRepeatAt } from "./group-timing.ts";
import type { View } from "./view.ts";

/** Alerts of one severity share one object, which saves memory. */
const SENT = {
  critical: { severity: "critical" },
  warning: { severity: "warning" },
  info: { severity: "info" },
} as const satisfies Readonly<Record<string, SentAlert>>;

const ACCEPTED = {
  critical: { severity: "critical", accepted: true },
  warning: { severity: "warning", accepted: true },
  info: { severity: "info", accepted: true },
} as const satisfies Readonly<Record<string, SentAlert>>;

/** The sent state of a sink in a group; undefined when the sink was sent nothing. */
export function sentTo(group: GroupState, sink: string): SentState | undefined {
  return group.told.find((entry) => entry.sink === sink);
}

/** The sent state after a message that has all firing alerts of a view in it. */
export function afterMessage(
  { routes, now }: Pick<DispatchContext, "routes" | "now">,
  { group, sink, told }: SinkTurn,
  message: { readonly view: View } & Pick<SentState, "deliveryId" | "inDigest" | "repeats">,
): SentState {
  const { view, deliveryId, inDigest, repeats } = message;
  const intervalMs = routes.repeatInterval(group, worstOf(view.firing.map(({ severity }) => severity)));
  return {
    sink: sink.name,
    deliveryId,
    firing: Object.fromEntries(
      [...view.firing, ...view.owed].map(({ fingerprint, severity }) => {
        const isAccepted = told?.firing[fingerprint]?.accepted === true;
        return [fingerprint, isAccepted ? ACCEPTED[severity] : SENT[severity]];
      }),
    ),
    accepted: told?.accepted ?? false,
    inDigest,
    lastAt: now,
    repeats,
    repeatAt: nextRepeatAt(now, intervalMs, repeats),
  };
}

/**
 * The sent state after the receiver has accepted a message: of the last message every alert counts as accepted, of an
 * earlier one those that it named. The same object when nothing changes.
 */
export function afterAcceptance(
  told: SentState,
  { id, firing }: Pick<DeliveryOutcome, "id" | "firing">,
): SentState {
  const named = told.deliveryId === id ? Object.keys(told.firing) : firing;
  const news = named.flatMap((fingerprint) => {
    const entry = told.firing[fingerprint];
    return entry === undefined || entry.accepted === true ? [] : [[fingerprint, ACCEPTED[entry.severity]]];
  });
  return news.length === 0 ? told : { ...told, firing: { ...told.firing, ...Object.fromEntries(news) } };
}

/**
 * The sent state reduced to these alerts, so that another one that fires again is news; undefined when none is left.
 */
export function onlyOf(told: SentState, alerts: readonly AlertState[]): SentState | undefined {
  const firing = Object.fromEntries(
    alerts.flatMap(({ fingerprint }) => {
      const entry = told.firing[fingerprint];
      return entry === undefined ? [] : [[fingerprint, entry]];
    }),
  );
  return Object.keys(firing).length === 0 ? undefined : { ...told, firing };
}

/** Moves a repeat that was due but not sent to a later time: points do not repeat, and held alerts not now. */
export function withRepeatToCome(
  { routes, now }: Pick<DispatchContext, "routes" | "now">,
  { group, told }: { readonly group: GroupState; readonly told: SentState },
  holds: readonly Hold[],
): SentState {
  if (told.repeatAt > now) return told;
  const again = lookAgainAt(holds);
  if (again !== undefined) return { ...told, repeatAt: again };
  const severity = worstOf(Object.values(told.firing).map((entry) => entry.severity));
  return { ...told, repeatAt: nextRepeatAt(now, routes.repeatInterval(group, severity), told.repeats) };
}
