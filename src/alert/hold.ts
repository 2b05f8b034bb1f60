import type { Trigger } from "./notification.ts";

/**
 * The kinds of hold, and their words: what an alert is called while it is held back, and what sets off the first message
 * after the hold. Of several holds on one alert the first in this order gives its condition.
 */
export const HOLDS = {
  inhibition: { condition: "inhibited", released: "first" },
  silence: { condition: "silenced", released: "silence-ended" },
  mute: { condition: "muted", released: "unmuted" },
} as const satisfies Readonly<Record<string, { readonly condition: string; readonly released: Trigger }>>;

/** What can keep people from being told of an alert, although it fires. */
export type HoldReason = keyof typeof HOLDS;

/** What holds an alert back now. */
export interface Hold {
  readonly reason: HoldReason;
  /** Which one: the name of an interval or of an inhibition rule, or the id of a silence. */
  readonly by: string;
  /** When to look again, epoch milliseconds; undefined when its end is an input of its own. */
  readonly until: number | undefined;
  /** What is kept with an alert that is inhibited. */
  readonly inhibition?: Inhibition;
}

/** A cause that holds an alert back, as it is kept with the alert. */
export interface Inhibition {
  /** Name of the rule. */
  readonly by: string;
  /** Fingerprints of the causes, at most 20. */
  readonly sources: readonly string[];
  /** Epoch milliseconds; undefined while a cause lasts. */
  readonly until: number | undefined;
}
