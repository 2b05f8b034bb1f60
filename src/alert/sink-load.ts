import type { NotifiedAlert } from "./notification.ts";

/** Why news waits for a digest. `scheduled`: the sink gets digests at set times. */
export type DigestCause = "storm" | "mute" | "scheduled";

/**
 * An alert that came and went while its sink was to get no message, or that has ended since the last scheduled digest.
 */
export interface Missed {
  readonly alert: NotifiedAlert;
  /** See `addresseeOf`; missing: "". */
  readonly addressee?: string | undefined;
  readonly cause: DigestCause;
  /** Epoch milliseconds: from then on a digest may name it. */
  readonly tellAt: number;
}

/** How much one sink was sent lately, and the alerts that it missed. Plain data; times are epoch milliseconds. */
export interface SinkLoad {
  readonly sink: string;
  /** Times of first messages of groups in the last five minutes; only as many as show whether a storm is on. */
  readonly openings: readonly number[];
  /** Times of messages in the last minute; at most the number that the sink may get. */
  readonly messages: readonly number[];
  readonly isStorm: boolean;
  /** Time of the next digest; undefined when none is planned. */
  readonly dueAt: number | undefined;
  readonly missed: readonly Missed[];
  /** Number of further missed alerts of each addressee. */
  readonly missedOmitted: Readonly<Record<string, number>>;
}
