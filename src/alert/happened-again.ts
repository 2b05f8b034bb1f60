import type { Inhibition } from "./hold.ts";
import type { AlertState } from "./state.ts";

/**
 * Whether an alert that was held back happened again after the end of its causes: to an object that was not there before,
 * or after the time for which objects that were there may still be late.
 */
export function happenedAgain(
  { lastSeenAt, members }: Pick<AlertState, "lastSeenAt" | "members">,
  { until, endedAt = until }: Pick<Inhibition, "until" | "endedAt">,
): boolean {
  if (until === undefined || endedAt === undefined) return false;
  if (lastSeenAt > until) return true;
  // The members cost more to look at, and cannot be newer than the alert.
  if (lastSeenAt <= endedAt) return false;
  return members.some(({ clearedAt, firstSeenAt }) => clearedAt === undefined && firstSeenAt > endedAt);
}
