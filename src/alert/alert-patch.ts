import type { AlertState } from "./state.ts";

/** What dispatch concluded about one alert that is in the book; what is missing stays as it is. Plain data. */
export interface AlertPatch extends Partial<
  Pick<AlertState, "destinations" | "inhibited" | "accounted" | "isTold" | "firstLookAt">
> {
  readonly fingerprint: string;
  /** Nobody needs the alert any more: it leaves the book, or stays in it for a while as the cause of what comes late. */
  readonly leaves?: "forgotten" | "remembered";
}
