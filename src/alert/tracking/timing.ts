import type { AlertState } from "../state.ts";
import { wellEnd } from "./wellness.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** 30 min between refreshes of an open series, 6 min until it is closed, and slack. */
export const SERIES_QUIET_MS = 40 * MINUTE;

/** An alert ends after this time without an occurrence of its own. */
export const MAX_AGE_MS = 24 * HOUR;

/** A point is kept for this time, so that the same event does not open a second alert. */
export const POINT_MAX_AGE_MS = HOUR;

/** Shortest time between two stored refreshes of a quiet timer: events are many, and the timer is long. */
export const REFRESH_STEP_MS = 15 * SECOND;

/** The time in which quiet can prove the end of an alert. Epoch milliseconds. */
export interface Coverage {
  /** Since when the stream of the alert's events is live without a gap; undefined during a gap. */
  readonly liveSince: number | undefined;
}

/** The next timer of an alert: its time and its effect. */
export type Due =
  | { readonly at: number; readonly what: "forget" | "fire" }
  | { readonly at: number; readonly what: "resolve"; readonly how: "quiet" | "max-age" | "state" };

/**
 * The next timer of an alert; undefined when it waits for no time.
 *
 * @param timing Of its rule, milliseconds.
 */
export function dueOf(
  alert: AlertState,
  timing: { readonly forMs: number; readonly withinMs: number },
  coverage: Coverage,
): Due | undefined {
  if (alert.phase === "resolved") return undefined;
  const end = endOf(alert, coverage);
  // Quiet does not end an alert whose first message is about to be sent.
  if (alert.phase === "firing") return { ...end, at: Math.max(end.at, (alert.firstLookAt ?? 0) + 1) };
  const next: Due =
    alert.metAt === undefined
      ? { at: alert.occurredAt + timing.withinMs, what: "forget" }
      : { at: alert.metAt + timing.forMs, what: "fire" };
  return end.at < next.at ? { at: end.at, what: "forget" } : next;
}

function endOf(alert: AlertState, coverage: Coverage): Due & { readonly what: "resolve" } {
  if (alert.well !== undefined) return { at: wellEnd(alert.well), what: "resolve", how: "state" };
  const age = Math.max(alert.occurredAt, alert.confirmedAt ?? 0) + alert.maxAgeMs;
  const quiet = quietEnd(alert, coverage);
  return quiet < age
    ? { at: quiet, what: "resolve", how: "quiet" }
    : { at: age, what: "resolve", how: "max-age" };
}

function quietEnd(alert: AlertState, coverage: Coverage): number {
  if (alert.quietMs === undefined || coverage.liveSince === undefined) return Infinity;
  const quietMs = alert.series ? Math.max(alert.quietMs, SERIES_QUIET_MS) : alert.quietMs;
  return Math.max(alert.activeAt, coverage.liveSince, alert.confirmedAt ?? 0) + quietMs;
}
