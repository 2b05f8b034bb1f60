import type { Trigger } from "./notification.ts";

/**
 * The kinds of hold. `condition` names an alert that is held back, `released` is the trigger of the first message after
 * the hold. Of several holds on one alert, the first in this order gives its condition.
 */
export const HOLDS = {
  inhibition: { condition: "inhibited", released: "first" },
  silence: { condition: "silenced", released: "silence-ended" },
  mute: { condition: "muted", released: "unmuted" },
} as const satisfies Readonly<Record<string, { readonly condition: string; readonly released: Trigger }>>;

/** A reason why a firing alert sends nothing. */
export type HoldReason = keyof typeof HOLDS;

/** A hold on an alert now. */
export interface Hold {
  readonly reason: HoldReason;
  /** The name of an interval or of an inhibition rule, or the id of a silence. */
  readonly by: string;
  /** The time at which it may end, epoch milliseconds; undefined when an input of the engine reports its end. */
  readonly until: number | undefined;
  /** The cause, which dispatch keeps with the inhibited alert. */
  readonly inhibition?: Inhibition;
}

/** The name of a cause for people, by the labels of its alert. */
export interface CauseName {
  readonly rule: string;
  /** "" for an object without. */
  readonly namespace: string;
  /** `Kind/name`. */
  readonly workload: string;
}

/** The cause that holds an alert back, and why it does so now. */
export interface HeldByCause {
  /** Of the cause. */
  readonly fingerprint: string;
  /** Undefined in state of older versions, after the cause was forgotten. */
  readonly name: CauseName | undefined;
  /** Number of further causes. */
  readonly others: number;
  /**
   * `lasts`: the cause goes on. `late`: it ended, and its late consequences are held back until `until`. `not-again`: it
   * ended, and the alert has not occurred since.
   */
  readonly standing: "lasts" | "late" | "not-again";
  /** When the cause ended, epoch milliseconds; undefined while it lasts, and where nobody knows. */
  readonly endedAt: number | undefined;
}

/** The causes that hold an alert back; kept with the alert. */
export interface Inhibition {
  /** Name of the rule. */
  readonly by: string;
  /** Fingerprints of the causes, at most 20. */
  readonly sources: readonly string[];
  /** The first of the causes, as people name it; missing in state of older versions. */
  readonly cause?: CauseName | undefined;
  /** Epoch milliseconds: when the causes stop to hold it back; undefined while they last. */
  readonly until: number | undefined;
  /** When they ended, before `until`; missing while they last, and in state of older versions. */
  readonly endedAt?: number | undefined;
}
