import { happenedAgain } from "../happened-again.ts";
import type { AlertState } from "../state.ts";
import { REMEMBERED_MS } from "../tombstone.ts";

/** A node is declared not ready when it was silent for the grace period, so its consequences may begin before it. */
const NODE_LAG_MS = 60_000;

/** Other causes are noticed about when their consequences are. */
const LAG_MS = 15_000;

/**
 * Whether a cause holds an alert back now: it lasts, or ended only a moment ago, and the alert began while it lasted. A
 * point has no duration, so it holds nothing back; before its threshold is met an alert is no cause.
 */
export function reaches(cause: AlertState, alert: AlertState, now: number): boolean {
  if (cause.lifecycle === "point") return false;
  if (cause.phase === "pending" && cause.metAt === undefined) return false;
  const lag = cause.labels["kind"] === "Node" ? NODE_LAG_MS : LAG_MS;
  if (beginOf(alert) < Math.min(cause.openedAt, cause.firstSeenAt) - lag) return false;
  const until = holdsUntil(cause);
  if (until === undefined) return true;
  const endedAt = cause.endedAt ?? cause.resolvedAt;
  return now < until && firstOf(alert) <= (endedAt ?? until) && !happenedAgain(alert, { until, endedAt });
}

/** The time at which a cause stops to hold alerts back, epoch milliseconds; undefined while it lasts. */
export function holdsUntil({ resolvedAt }: AlertState): number | undefined {
  return resolvedAt === undefined ? undefined : resolvedAt + REMEMBERED_MS;
}

/** When an alert began to be a problem, by our clock. */
function beginOf({ againAt, metAt, openedAt }: AlertState): number {
  return againAt ?? metAt ?? openedAt;
}

/** When it happened first, by the writer's clock. */
function firstOf({ againAt, firstSeenAt }: AlertState): number {
  return againAt ?? firstSeenAt;
}
