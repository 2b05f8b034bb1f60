/** What can keep people from being told of an alert, although it fires. */
export type HoldReason = "inhibition" | "mute" | "silence";

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
