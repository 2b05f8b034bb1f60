import type { AlertState, SentState } from "./state.ts";

/** Whether a sink was not told of an alert as it is: not at all, or before it began anew, or before it failed again. */
export function isUntold(alert: AlertState, told: SentState): boolean {
  return told.firing[alert.fingerprint] === undefined || isAgain(alert, told) || hasFailedAgain(alert, told);
}

/** Whether an alert began anew since the sink was told of it, or of its end. */
export function isAgain({ fingerprint, againAt = 0 }: AlertState, { firing, lastAt }: SentState): boolean {
  return firing[fingerprint]?.over !== undefined || (firing[fingerprint] !== undefined && againAt > lastAt);
}

/**
 * Whether twice as many Jobs of an alert have failed as the sink was told: the second, the fourth, the eighth in a row, so
 * that one which fails each minute is no message a minute.
 */
export function hasFailedAgain(alert: AlertState, { firing }: SentState): boolean {
  const known = firing[alert.fingerprint]?.objects;
  return known !== undefined && (failedObjects(alert) ?? 0) >= 2 * known;
}

/** Number of objects of a failed Job's alert; undefined for others. */
export function failedObjects({ lifecycle, proof, members, membersOmitted }: AlertState): number | undefined {
  if (lifecycle !== "point" || proof !== "complete") return undefined;
  return members.length + membersOmitted.length;
}
