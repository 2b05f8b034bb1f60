import { worstOf } from "../../lib/severity.ts";
import type { DeliveryOutcome } from "../changes.ts";
import type { Hold } from "../hold.ts";
import { failedObjects } from "../sent-alert.ts";
import type { AlertState, GroupState, SentAlert, SentState } from "../state.ts";
import type { DispatchContext, SinkTurn } from "./dispatch-context.ts";
import { lookAgainAt, nextRepeatAt } from "./group-timing.ts";
import { keptEnds } from "./part-ends.ts";
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

/**
 * The sent state after a message that has all firing alerts of a view in it.
 *
 * @param message.ended The alerts that it names as ended.
 */
export function afterMessage(
  { routes, now }: Pick<DispatchContext, "routes" | "now">,
  { group, sink, told }: SinkTurn,
  message: { readonly view: View; readonly ended: readonly AlertState[] } & Pick<
    SentState,
    "deliveryId" | "inDigest" | "repeats"
  > &
    Partial<Pick<SentState, "repeatAt">>,
): SentState {
  const { view, ended, deliveryId, inDigest, repeats } = message;
  const intervalMs = routes.repeatInterval(group, worstOf(view.firing.map(({ severity }) => severity)));
  const entryOf = (alert: AlertState): SentAlert =>
    sentAlert(alert, told?.firing[alert.fingerprint], ended.includes(alert));
  return {
    sink: sink.name,
    deliveryId,
    firing: Object.fromEntries(
      [...view.firing, ...keptEnds(view, told)].map((alert) => [alert.fingerprint, entryOf(alert)]),
    ),
    accepted: told?.accepted ?? false,
    inDigest,
    lastAt: now,
    repeats,
    repeatAt: message.repeatAt ?? nextRepeatAt(now, intervalMs, repeats),
  };
}

/** An alert in a sent state after a message. @param isOver Whether the message names it as ended. */
export function sentAlert(alert: AlertState, before: SentAlert | undefined, isOver: boolean): SentAlert {
  const { phase, severity } = alert;
  const plain = before?.accepted === true ? ACCEPTED[severity] : SENT[severity];
  if (phase === "resolved") {
    const over = isOver ? "sent" : before?.over;
    return over === undefined ? plain : { ...plain, over };
  }
  const objects = failedObjects(alert);
  return objects === undefined ? plain : { ...plain, objects };
}

/**
 * The sent state after the receiver has accepted a message: of the last message every alert counts as accepted, of an
 * earlier one those that it named. The same object when nothing changes.
 */
export function afterAcceptance(
  told: SentState,
  { id, firing }: Pick<DeliveryOutcome, "id" | "firing">,
): SentState {
  const isLast = told.deliveryId === id;
  const named = isLast ? Object.keys(told.firing) : firing;
  const news = named.flatMap((fingerprint) => {
    const entry = told.firing[fingerprint];
    const accepted = entry && acceptedAlert(entry, isLast);
    return accepted === undefined || accepted === entry ? [] : [[fingerprint, accepted]];
  });
  return news.length === 0 ? told : { ...told, firing: { ...told.firing, ...Object.fromEntries(news) } };
}

/** @param isLast Whether the accepted message is the last one, which named the ends too. */
function acceptedAlert(entry: SentAlert, isLast: boolean): SentAlert {
  const { severity, over, objects } = entry;
  const isNew = entry.accepted !== true || (isLast && over === "sent");
  if (!isNew) return entry;
  if (over === undefined && objects === undefined) return ACCEPTED[severity];
  return { ...entry, accepted: true, ...(isLast && over === "sent" ? { over: "accepted" } : {}) };
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
