import type { LabelMatchSpec } from "../routing/label-match.ts";
import type { TimeIntervalSpec } from "./time-interval-spec.ts";

/** Holds alerts back by their labels (docs/design/alerting.md#silences). Plain data; times are epoch milliseconds. */
export interface Silence {
  /** `config/<name>` for those of the configuration, `annotation/Kind/namespace/name` for those of objects. */
  readonly id: string;
  readonly origin: "config" | "api" | "annotation";
  /** Label → pattern; all must hold. */
  readonly match: LabelMatchSpec;
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

/** Where a silence is in its life. */
export type SilenceState = "pending" | "active" | "expired";

/** @param now Epoch milliseconds. */
export function stateOfSilence({ from, until }: Pick<Silence, "from" | "until">, now: number): SilenceState {
  if (until !== undefined && now >= until) return "expired";
  return now < from ? "pending" : "active";
}

/** The silence, over. */
export function expired(silence: Silence, now: number): Silence {
  return { ...silence, from: Math.min(silence.from, now), until: Math.min(silence.until ?? now, now) };
}

/** Whether two say the same, apart from what has become of them since. */
export function isSameSilence(a: Silence, b: Silence): boolean {
  return JSON.stringify(meaningOf(a)) === JSON.stringify(meaningOf(b));
}

function meaningOf({ match, from, until, untilResolved, schedule, author, comment }: Silence): unknown {
  // The end of one that waits for alerts to end is found, not written.
  return [match, from, untilResolved ? null : until, untilResolved, schedule, author, comment];
}
