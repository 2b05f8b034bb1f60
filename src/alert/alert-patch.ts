import type { AlertState } from "./state.ts";

/** The fields of one alert that dispatch changes; a missing field stays as it is. Plain data. */
export interface AlertPatch extends Partial<
  Pick<AlertState, "destinations" | "inhibited" | "accounted" | "heard" | "isTold" | "firstLookAt">
> {
  readonly fingerprint: string;
  /** The alert leaves the book: it is forgotten, or kept for a while as a tombstone, the cause of late alerts. */
  readonly leaves?: "forgotten" | "remembered";
}
