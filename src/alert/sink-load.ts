import type { NotifiedAlert } from "./notification.ts";

/** Why news waits for a digest. */
export type DigestCause = "storm" | "mute";

/** An alert that came and went while nobody was to be told of it. */
export interface Missed {
  readonly alert: NotifiedAlert;
  readonly cause: DigestCause;
  /** Epoch milliseconds: from then on it may be told. */
  readonly tellAt: number;
}

/** How much one sink was told lately, and what it has missed. Plain data; times are epoch milliseconds. */
export interface SinkLoad {
  readonly sink: string;
  /** When groups were new to it, in the last five minutes; no more than tell whether it storms. */
  readonly openings: readonly number[];
  /** When it got messages in the last minute; no more than it may get. */
  readonly messages: readonly number[];
  readonly isStorm: boolean;
  /** When the next digest is made; undefined: none is to come. */
  readonly dueAt: number | undefined;
  readonly missed: readonly Missed[];
  /** Missed, and not among these. */
  readonly missedOmitted: number;
}
