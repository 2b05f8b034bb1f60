import type { Notification } from "../alert/index.ts";
import type { Severity } from "../lib/severity.ts";
import type { RuleCount } from "../simulate/index.ts";

/** A message that would have been sent. */
export interface TrialMessage extends Pick<
  Notification,
  "sink" | "kind" | "trigger" | "severity" | "title" | "occurrences"
> {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly rules: readonly string[];
  /** Number of alerts. */
  readonly alerts: number;
}

/** An alert that would fire now. */
export interface TrialAlert {
  readonly rule: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly occurrences: number;
  /** Epoch milliseconds, by the clock of the writer. */
  readonly firstSeenAt: number;
}

/** A fault in the tried rules, a warning, or why there is no result. */
export interface TrialFault {
  readonly level: "error" | "warning";
  /** 1-based, in the tried text; 0 when it is in no line of it. */
  readonly line: number;
  /** `rules[0].match`; "" for the whole text. */
  readonly path: string;
  readonly message: string;
}

/** The sizes of a result, to compare two of them. */
export interface TrialSize {
  readonly notifications: number;
  readonly firing: number;
  /** Occurrences that led to no message, by reason; of all rules. */
  readonly suppressed: Readonly<Record<string, number>>;
}

/** The result of rules that are tried, but for `suppressed` about these rules alone. */
export interface Trial {
  readonly events: number;
  readonly matched: number;
  /** Epoch milliseconds of the first and the last Event; undefined without one. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Whether there were more Events than are played. */
  readonly cut: boolean;
  /** The first ones. */
  readonly notifications: readonly TrialMessage[];
  /** The first ones. */
  readonly firing: readonly TrialAlert[];
  readonly perRule: Readonly<Record<string, RuleCount>>;
  readonly size: TrialSize;
  /** The same Events by the rules in use that have these names. */
  readonly today: TrialSize;
  /** With an error among them the rules were not played, or not to the end. */
  readonly faults: readonly TrialFault[];
}

/** A size without anything. */
export const NO_SIZE: TrialSize = { notifications: 0, firing: 0, suppressed: {} };

/** A trial that did not take place. */
export function noTrial(faults: readonly TrialFault[], cut = false): Trial {
  const nothing = { events: 0, matched: 0, from: undefined, to: undefined, cut };
  return { ...nothing, notifications: [], firing: [], perRule: {}, size: NO_SIZE, today: NO_SIZE, faults };
}
