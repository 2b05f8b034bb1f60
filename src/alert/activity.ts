import type { Severity } from "../lib/severity.ts";

/** Length of the buckets in which activity is counted, milliseconds. They begin at full and half hours of UTC. */
export const ACTIVITY_BUCKET_MS = 30 * 60_000;

/** The activity of one rule at one severity in one bucket, as counted so far. */
export interface ActivityCount {
  /** Begin of the bucket, epoch milliseconds. */
  readonly bucket: number;
  readonly rule: string;
  readonly severity: Severity;
  /** Alerts that began to fire. */
  readonly opened: number;
  /** Occurrences that alerts counted, also of pending ones. */
  readonly occurrences: number;
}
