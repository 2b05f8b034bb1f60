import type { AlertState } from "./state.ts";

/** The alerts that are not forgotten, to be read. */
export interface AlertReader {
  get(fingerprint: string): AlertState | undefined;
  /** As of now: the list stays as it is while alerts change. */
  all(): readonly AlertState[];
  /** One after the other; those that come meanwhile may be among them. */
  values(): Iterable<AlertState>;
  /** Alerts that are in the group of this key, those that joined it first before the others. */
  ofGroup(key: string): readonly AlertState[];
  /** How many alerts are in the group of this key. */
  countOfGroup(key: string): number;
}

/** Something found from alerts, kept up by the book: it hears of every change before the next one. */
export interface AlertIndex {
  /** An alert has become another one, is new (`before` undefined), or has left the book (`after` undefined). */
  record(before: AlertState | undefined, after: AlertState | undefined): void;
}
