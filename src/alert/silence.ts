import type { PatternSpec } from "../expression/index.ts";
import type { TimeIntervalSpec } from "./time-interval.ts";

/** Holds alerts back by their labels (docs/design/alerting.md#silences). Plain data; times are epoch milliseconds. */
export interface Silence {
  /** `config/<name>` for one of the configuration, `annotation/cluster/Kind/namespace/name` for one of an object. */
  readonly id: string;
  readonly origin: "config" | "api" | "annotation";
  /** Label → pattern; all must hold. */
  readonly match: Readonly<Record<string, PatternSpec>>;
  readonly from: number;
  /** The first instant at which it is over; undefined while its end is unknown. */
  readonly until: number | undefined;
  /** Whether it ends when no alert that it matches fires any more. */
  readonly untilResolved: boolean;
  /** Holds only in these hours. */
  readonly schedule: TimeIntervalSpec | undefined;
  readonly author: string;
  readonly comment: string;
  readonly createdAt: number;
  /** When it first held a message back; undefined for never. */
  readonly usedAt: number | undefined;
}

/** Most silences, with those that are over; further ones are refused. */
export const MOST_SILENCES = 1000;
