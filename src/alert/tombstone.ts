import type { AlertState } from "./state.ts";

/**
 * After its end a cause still holds its consequences back for this long, because they are told of late; milliseconds.
 */
export const REMEMBERED_MS = 2 * 60_000;

/** An alert that is over and told, kept as the cause of what comes late: nothing belongs to it any more. */
export function tombstone(alert: AlertState): AlertState {
  return { ...alert, members: [], membersOmitted: [], sources: [], destinations: [], isTold: false };
}

/** Whether an alert is kept for that only. */
export function isTombstone({ phase, members, destinations }: AlertState): boolean {
  return phase === "resolved" && members.length === 0 && destinations.length === 0;
}
