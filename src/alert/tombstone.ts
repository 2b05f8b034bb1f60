import type { AlertState } from "./state.ts";

/**
 * After its end a cause still holds its consequences back for this long, because they are told of late; milliseconds.
 */
export const REMEMBERED_MS = 2 * 60_000;

/** An alert that is over and told, kept as the cause of what comes late: nothing belongs to it any more. */
export function tombstone(alert: AlertState): AlertState {
  const nothing = { members: NONE, membersOmitted: NONE, sources: NONE, destinations: NONE };
  return { ...alert, ...nothing, isTold: false, isTombstone: true };
}

/** One for all. */
const NONE: readonly never[] = Object.freeze([]);
