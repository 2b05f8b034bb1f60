import type { AlertState } from "./state.ts";

/** Reads the alerts that are not forgotten. */
export interface AlertReader {
  get(fingerprint: string): AlertState | undefined;
  /** A copy of the list, which stays as it is while alerts change. */
  all(): readonly AlertState[];
  /** Iterates without a copy; alerts that are added meanwhile may appear. */
  values(): Iterable<AlertState>;
  /** Alerts in the group of this key, in the order in which they joined it. */
  ofGroup(key: string): readonly AlertState[];
  /** Number of alerts in the group of this key. */
  countOfGroup(key: string): number;
}

/** An index over the alerts. The book reports every change to it before the next one. */
export interface AlertIndex {
  /** Records that an alert has changed, is new (`before` undefined), or has left the book (`after` undefined). */
  record(before: AlertState | undefined, after: AlertState | undefined): void;
}
