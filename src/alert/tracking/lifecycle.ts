import type { CompiledRule } from "../../rule/index.ts";
import { changed } from "../kept-alert.ts";
import type { AlertNews } from "../news.ts";
import type { ResolvedBy } from "../notification.ts";
import type { AlertState } from "../state.ts";
import { resolved, withThreshold } from "./alert.ts";
import type { TrackingContext } from "./tracking-context.ts";

/** Puts an alert into the book; a pending one fires when its threshold is met and its rule has no `for`. */
export function advance(
  context: TrackingContext,
  alert: AlertState,
  rule: CompiledRule,
): readonly AlertNews[] {
  const met = withThreshold(alert, rule, context.now);
  if (met.phase === "pending" && met.metAt !== undefined && rule.forMs === 0) return [fire(context, met)];
  context.book.put(met);
  return [];
}

/** Lets a pending alert fire. */
export function fire({ activity, book, observer, now }: TrackingContext, alert: AlertState): AlertNews {
  const fired = changed(alert, { phase: "firing", firedAt: now });
  activity.add(fired, { opened: 1 }, now);
  observer.transition(alert.rule, "firing");
  book.put(fired);
  return { kind: "fired", alert: fired };
}

/**
 * Ends an alert: a pending one is dismissed, a firing one is resolved.
 *
 * @param at When it ended, as far as that is known; epoch milliseconds.
 */
export function end(context: TrackingContext, alert: AlertState, by: ResolvedBy, at?: number): AlertNews {
  if (alert.phase === "pending") return dismiss(context, alert, "cleared_before_notice", { by, at });
  context.observer.transition(alert.rule, "resolved");
  const ended = resolved(alert, by, { at, now: context.now });
  context.book.put(ended);
  const isForgottenPoint = alert.lifecycle === "point" && by.how === "max-age";
  return { kind: isForgottenPoint ? "expired" : "ended", alert: ended };
}

/**
 * Forgets a pending alert.
 *
 * @param reason The reason why it was not sent. @param end Missing where nothing ended it.
 */
export function dismiss(
  context: TrackingContext,
  alert: AlertState,
  reason: "threshold" | "cleared_before_notice",
  { by, at }: { readonly by?: ResolvedBy; readonly at?: number | undefined } = {},
): AlertNews {
  forget(context, alert);
  const ended = resolved(alert, by, { at, now: context.now });
  return { kind: "dismissed", alert, ended, reason };
}

/** Removes an alert from the book. */
export function forget({ book, observer }: TrackingContext, alert: AlertState): void {
  if (!alert.isTombstone) observer.transition(alert.rule, "forgotten");
  book.forget(alert);
}

/** The open alert of a fingerprint; a tombstone there is forgotten, to make room for a new alert. */
export function openAt(context: TrackingContext, fingerprint: string): AlertState | undefined {
  const known = context.book.get(fingerprint);
  if (known === undefined || !known.isTombstone) return known;
  forget(context, known);
  return undefined;
}
