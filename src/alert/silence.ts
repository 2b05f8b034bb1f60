import type { PatternSpec } from "../expression/index.ts";
import type { TimeIntervalSpec } from "./time-interval.ts";

/** Holds alerts back by their labels (docs/design/alerting.md#silences). Plain data; times are epoch milliseconds. */
export interface Silence {
  /** `config/<name>` for those of the configuration, `annotation/Kind/namespace/name` for those of objects. */
  readonly id: string;
  readonly origin: "config" | "api" | "annotation";
  /** Label → pattern; all must hold. */
  readonly match: Readonly<Record<string, PatternSpec>>;
  readonly from: number;
  /** The first instant at which it is over; undefined while that is not known. */
  readonly until: number | undefined;
  /** Over when nothing that it matches fires any more. */
  readonly untilResolved: boolean;
  /** Holds only in these hours. */
  readonly schedule: TimeIntervalSpec | undefined;
  readonly author: string;
  readonly comment: string;
  readonly createdAt: number;
  /** When it first held something back; undefined: never yet. */
  readonly usedAt: number | undefined;
}

/** Silences kept at most, those that are over included; more are refused. */
export const MOST_SILENCES = 1000;
