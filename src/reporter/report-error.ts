import { TocsinError } from "../lib/errors.ts";

/**
 * The reason why a report did not become an Event.
 *
 * - `invalid`: the report itself cannot be an Event; `field` names the fault.
 * - `full`: the queue is full, since the API server does not take Events as fast as they come, or not at all.
 * - `closed`: the reporter was closed, before the report or before its write.
 * - `refused`: the API server refused, and no repetition would change the answer; `status` is the HTTP status.
 * - `gave-up`: the time for retries is over; the last failure is the `cause`.
 */
export type ReportFailure = "invalid" | "full" | "closed" | "refused" | "gave-up";

/** One report, or the occurrences of one series, that did not reach the API server. Its code is ERR_REPORT. */
export class ReportError extends TocsinError {
  readonly failure: ReportFailure;
  /** The field of the report: `regarding.kind`; "" unless `failure` is `invalid`. */
  readonly field: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Number of calls of `report` that it stands for; 1 or more. */
  readonly occurrences: number;

  constructor(
    failure: ReportFailure,
    message: string,
    details: {
      readonly field?: string;
      readonly status?: number;
      readonly occurrences?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super("ERR_REPORT", message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = "ReportError";
    this.failure = failure;
    this.field = details.field ?? "";
    this.status = details.status ?? 0;
    this.occurrences = details.occurrences ?? 1;
  }
}
