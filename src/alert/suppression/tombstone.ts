import type { AlertState } from "../state.ts";

/** An alert that is over and told, kept as the cause of what comes late: nothing belongs to it any more. */
export function tombstone(alert: AlertState): AlertState {
  return { ...alert, members: [], membersOmitted: [], sources: [], targets: [] };
}

/** Whether an alert is kept for that only. */
export function isTombstone({ phase, members, targets }: AlertState): boolean {
  return phase === "resolved" && members.length === 0 && targets.length === 0;
}
