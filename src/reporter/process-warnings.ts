import type { Clock } from "../lib/clock.ts";
import type { ReportError, ReportFailure } from "./report-error.ts";

const ONE_WARNING_PER_MS = 60_000;

/** Reports failures as process warnings, once a minute for each kind, with the number of omitted ones. */
export function createProcessWarnings(clock: Clock): (error: ReportError) => void {
  const kinds = new Map<ReportFailure, { at: number; leftOut: number }>();
  return (error) => {
    const now = clock.monotonic();
    const last = kinds.get(error.failure);
    if (last !== undefined && now - last.at < ONE_WARNING_PER_MS) {
      last.leftOut += 1;
      return;
    }
    const more = last === undefined || last.leftOut === 0 ? "" : ` (and ${last.leftOut} more since)`;
    kinds.set(error.failure, { at: now, leftOut: 0 });
    process.emitWarning(`${error.failure}: ${error.message}${more}`, { type: "TocsinReporterWarning" });
  };
}
