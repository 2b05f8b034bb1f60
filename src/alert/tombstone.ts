import { changed } from "./kept-alert.ts";
import type { AlertState } from "./state.ts";

/**
 * After its end a cause still holds its consequences back for this long, because their events arrive late;
 * milliseconds.
 */
export const REMEMBERED_MS = 2 * 60_000;

/** Turns an ended alert into a tombstone: it stays only as the cause of late alerts, without members and groups. */
export function tombstone(alert: AlertState): AlertState {
  const nothing = {
    members: NONE,
    membersOmitted: NONE,
    sources: NONE,
    destinations: NONE,
    heard: undefined,
  };
  return changed(alert, { ...nothing, isTold: false, isTombstone: true });
}

/** All tombstones share one empty list, which saves memory. */
const NONE: readonly never[] = Object.freeze([]);
