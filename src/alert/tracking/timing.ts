import type { AlertState } from "../state.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Three slots of the legacy recorder for a continuing problem (docs/design/alerting.md#quiet-period). */
export const QUIET_MS = 15 * MINUTE;

/** 30 min between refreshes of an open series, 6 min until it is closed, and slack. */
export const SERIES_QUIET_MS = 40 * MINUTE;

/** After this long without an occurrence of its own an alert is no longer tracked. */
export const MAX_AGE_MS = 24 * HOUR;

/** How long a point event is remembered, so that the same one does not open a second alert. */
export const POINT_MAX_AGE_MS = HOUR;

/** Any-event refreshes are stored at most this often: many events come, the quiet timer is long. */
export const REFRESH_STEP_MS = 15 * SECOND;

/** How long messages wait after a start or while a list is read for counter-events that may be in it. */
export const LONGEST_HOLD_MS = 60 * SECOND;

/** What the flow of events allows to conclude from silence. Epoch milliseconds. */
export interface Coverage {
  /** Since when the alert's stream has been live without a gap; undefined during a gap. */
  readonly liveSince: number | undefined;
}

/** What is to happen to an alert next, and when. */
export type Due =
  | { readonly at: number; readonly what: "forget" | "fire" }
  | { readonly at: number; readonly what: "resolve"; readonly how: "quiet" | "max-age" };

/**
 * The next timer of an alert; undefined when it waits for something else than time.
 *
 * @param timing The rule's own: milliseconds.
 */
export function dueOf(
  alert: AlertState,
  timing: { readonly forMs: number; readonly withinMs: number },
  coverage: Coverage,
): Due | undefined {
  if (alert.phase === "resolved") return undefined;
  const end = endOf(alert, coverage);
  // Quiet ends nothing that somebody is about to be told of.
  if (alert.phase === "firing") return { ...end, at: Math.max(end.at, (alert.firstLookAt ?? 0) + 1) };
  const next: Due =
    alert.metAt === undefined
      ? { at: alert.occurredAt + timing.withinMs, what: "forget" }
      : { at: alert.metAt + timing.forMs, what: "fire" };
  return end.at < next.at ? { at: end.at, what: "forget" } : next;
}

function endOf(alert: AlertState, coverage: Coverage): Due & { readonly what: "resolve" } {
  const age = alert.occurredAt + alert.maxAgeMs;
  const quiet = quietEnd(alert, coverage);
  return quiet < age
    ? { at: quiet, what: "resolve", how: "quiet" }
    : { at: age, what: "resolve", how: "max-age" };
}

function quietEnd(alert: AlertState, coverage: Coverage): number {
  if (alert.quietMs === undefined || coverage.liveSince === undefined) return Infinity;
  const quietMs = alert.series ? Math.max(alert.quietMs, SERIES_QUIET_MS) : alert.quietMs;
  return Math.max(alert.activeAt, coverage.liveSince) + quietMs;
}
