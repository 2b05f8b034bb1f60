import type { Severity } from "../../lib/severity.ts";
import type { BySeverity } from "../route.ts";

/** Shortest time between two repeats of a group. */
export const SHORTEST_REPEAT_MS = 60_000;

/** The repeat interval stops doubling here. */
export const LONGEST_REPEAT_MS = 24 * 3_600_000;

/** The timer that applies to a severity. */
export function timerFor(timer: BySeverity, severity: Severity): number {
  return severity === "critical" ? timer.critical : timer.else;
}
