import { worstOf } from "../../lib/severity.ts";
import type { DeliveryOutcome } from "../changes.ts";
import type { Hold } from "../hold.ts";
import type { AlertState, GroupState, SentAlert, SentState } from "../state.ts";
import type { DispatchContext, SinkTurn } from "./dispatch-context.ts";
import { lookAgainAt, nextRepeatAt } from "./group-timing.ts";
import type { View } from "./view.ts";

/** One for all alerts of a severity. */
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

/** What a sink was told of a group; undefined for nothing. */
export function sentTo(group: GroupState, sink: string): SentState | undefined {
  return group.told.find((entry) => entry.sink === sink);
}

/** What a sink has been told when all that a view shows is in the message. */
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
 * The receiver has accepted a message: the last one, with all that is in it, or an earlier one, with what it named.
 * The same state when that is no news.
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

/** What a sink is told of when everything but these is over: what fires again later is news. */
export function onlyOf(told: SentState, alerts: readonly AlertState[]): SentState | undefined {
  const firing = Object.fromEntries(
    alerts.flatMap(({ fingerprint }) => {
      const entry = told.firing[fingerprint];
      return entry === undefined ? [] : [[fingerprint, entry]];
    }),
  );
  return Object.keys(firing).length === 0 ? undefined : { ...told, firing };
}

/** A repeat that is due and is not sent comes later: points have none, and what is held back has none now. */
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
