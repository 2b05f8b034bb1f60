import type { ListedAlert } from "../../src/api/schemas/alert.ts";

/** What the mark before an alert says: its severity while it fires, else its phase. */
export type Mark = "critical" | "warning" | "info" | "pending" | "resolved";

/** All marks, the worst first. */
export const MARKS: readonly Mark[] = ["critical", "warning", "info", "pending", "resolved"];

/** The mark of an alert. */
export function markOf({ phase, severity }: Pick<ListedAlert, "phase" | "severity">): Mark {
  return phase === "firing" ? severity : phase;
}

/** Compares by the worst first. */
export function byMark(a: Mark, b: Mark): number {
  return MARKS.indexOf(a) - MARKS.indexOf(b);
}
