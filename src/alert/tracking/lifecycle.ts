import type { CompiledRule } from "../../rule/index.ts";
import type { AlertNews } from "../news.ts";
import type { ResolvedBy } from "../notification.ts";
import type { AlertState } from "../state.ts";
import { resolved, withThreshold } from "./alert.ts";
import type { TrackingContext } from "./tracking-context.ts";

/** Puts a pending alert into the book, or lets it fire when its threshold is met and its rule waits for nothing else. */
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

/** A pending alert fires. */
export function fire({ book, observer, now }: TrackingContext, alert: AlertState): AlertNews {
  const fired: AlertState = { ...alert, phase: "firing", firedAt: now };
  observer.transition(alert.rule, "firing");
  book.put(fired);
  return { kind: "fired", alert: fired };
}

/** What an alert is about is over: a pending one is dismissed, a firing one is resolved. */
export function end(context: TrackingContext, alert: AlertState, by: ResolvedBy): AlertNews {
  if (alert.phase === "pending") return dismiss(context, alert, "cleared_before_notice");
  context.observer.transition(alert.rule, "resolved");
  const ended = resolved(alert, by, context.now);
  context.book.put(ended);
  const isForgottenPoint = alert.lifecycle === "point" && by.how === "max-age";
  return { kind: isForgottenPoint ? "expired" : "ended", alert: ended };
}

/** A pending alert is forgotten. @param reason Why nobody was told of it. */
export function dismiss(
  context: TrackingContext,
  alert: AlertState,
  reason: "threshold" | "cleared_before_notice",
): AlertNews {
  forget(context, alert);
  return { kind: "dismissed", alert, reason };
}

/** The alert leaves the book. */
export function forget({ book, observer }: TrackingContext, alert: AlertState): void {
  if (!alert.isTombstone) observer.transition(alert.rule, "forgotten");
  book.forget(alert);
}

/** The alert of a fingerprint; one that is kept only as a cause is forgotten for its successor. */
export function openAt(context: TrackingContext, fingerprint: string): AlertState | undefined {
  const known = context.book.get(fingerprint);
  if (known === undefined || !known.isTombstone) return known;
  forget(context, known);
  return undefined;
}
