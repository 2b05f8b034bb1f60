import type { ClusterEvent, EventKeys } from "../event/index.ts";
import type { Severity } from "../lib/severity.ts";
import type { LooksUp, Reader } from "./looks-up.ts";

/** The kind of problem, which decides how an alert ends (docs/design/alerting.md#lifecycles). */
export type Lifecycle = "recurring" | "transition" | "point";

/** The built-in parts of an identity. */
export type IdentityKey = "namespace" | "workload" | "object" | "container" | "reason" | "node";

/** What a counter-event must have in common with the member of an alert that it clears. */
export type SameKey = "object" | "container" | "node" | "namespace" | "workload";

/** What a rule's `title` and `text` see as `alert`. */
export interface AlertFacts {
  readonly rule: string;
  readonly severity: Severity;
  readonly status: "firing" | "resolved";
  readonly occurrences: number;
  /** Epoch milliseconds. */
  readonly startsAt: number;
  /** Epoch milliseconds; undefined while it fires. */
  readonly endsAt: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly workload: string;
  /** `Kind/name` of each object with news. */
  readonly objects: readonly string[];
  /** The counter-event's reason or the way it ended; "" while it fires. */
  readonly resolvedBy: string;
}

/** What a rule's `title` and `text` see as `group`. */
export interface GroupFacts {
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  /** How many alerts are in it. */
  readonly alerts: number;
}

/** What the holes of a text may use. Only `title` and `text` see `alert` and `group`. */
export interface TextScope {
  readonly event: ClusterEvent;
  readonly cluster: string;
  /** Epoch milliseconds, for `ago()`. */
  readonly now: number;
  readonly alert?: AlertFacts;
  readonly group?: GroupFacts;
}

/** A text with `{{ CEL }}` holes, type-checked at load. */
export interface RuleText {
  readonly source: string;
  /**
   * Fills the holes; the text is cut at 16 KiB.
   *
   * @throws {TocsinError} ERR_EXPRESSION_INVALID when a hole fails at run time.
   */
  render(scope: TextScope): string;
}

/** A counter-event: an event that ends what an alert is about. */
export interface CounterMatcher {
  readonly same: readonly SameKey[];
  /** For people: `Pulled`. */
  readonly label: string;
  /** The reasons it can have at all; undefined when any. For an index. */
  readonly reasons: ReadonlySet<string> | undefined;
  /** The component must be named by the matcher for an event that Tocsin wrote itself. */
  matches(event: ClusterEvent): boolean;
}

/** One clause of a match, and whether it held. */
export interface Clause {
  /** As in the rule: `match.reason`, `match[1].message.regex`, `except`, `when`. */
  readonly path: string;
  readonly ok: boolean;
  readonly expected: string;
  readonly actual: string;
}

/** A rule in its executable form; what the user left out is undefined and comes from the reason table. */
export interface CompiledRule {
  readonly name: string;
  readonly description: string;
  /** Changes when anything in the rule changes: a hash of its source form. */
  readonly version: string;
  /** Of what it matches alone. */
  readonly matchVersion: string;
  readonly fallback: boolean;
  readonly severity: Severity | undefined;
  readonly lifecycle: Lifecycle | undefined;
  /** Built-in keys by name, expressions compiled. Rule name and cluster are not listed: they are always part. */
  readonly identity: readonly (IdentityKey | RuleText)[];
  readonly threshold: { readonly count: number; readonly withinMs: number; readonly distinct: number };
  readonly forMs: number;
  readonly resolve: {
    /** Undefined: the reason table's. */
    readonly by: readonly CounterMatcher[] | undefined;
    readonly quietMs: number | undefined;
    readonly maxAgeMs: number | undefined;
  };
  /** Sink names; undefined: the routing tree decides. */
  readonly sinks: readonly string[] | undefined;
  readonly labels: ReadonlyMap<string, RuleText>;
  readonly runbook: RuleText | undefined;
  readonly dashboard: RuleText | undefined;
  readonly title: RuleText | undefined;
  readonly text: RuleText | undefined;
  /** Whether `match` says for every event it takes which reasons it may have; drives the default group labels. */
  readonly namesReason: boolean;
  /** An event such as the match takes, as far as it names values; it need not match. */
  sample(): ClusterEvent;
  matches(event: ClusterEvent): boolean;
  /** Every clause, also those after the first that failed. */
  explain(event: ClusterEvent): readonly Clause[];
  /** How often its `when` failed on an event, which then does not match. */
  conditionFailures(): number;
}

/** A counter-event of the reason table, as plain data: "" for component or kind means any. */
export interface CounterSpec {
  readonly component: string;
  readonly reason: string;
  readonly kind: string;
  /** A fragment the message must contain; "" for any. */
  readonly contains: string;
  readonly same: readonly SameKey[];
}

/** What is known of a (component, reason, kind, message form): data, each row replaceable by users. */
export interface ReasonRow {
  /** "" for any. */
  readonly component: string;
  readonly reason: string;
  /** Empty for any. */
  readonly kinds: readonly string[];
  /** "" for any. */
  readonly type: string;
  /** A fragment the message must contain; "" for any. */
  readonly contains: string;
  readonly lifecycle: Lifecycle;
  readonly severity: Severity;
  readonly counterEvents: readonly CounterSpec[];
  /** Milliseconds. */
  readonly quietMs: number | undefined;
  /** Whether its writer publishes repeats as a series, so up to 30 minutes late. */
  readonly series: boolean;
  /** What it means, in a sentence; used where a rule has no description. */
  readonly meaning: string;
}

/** A `forward` entry in its executable form. */
export interface CompiledForward {
  readonly name: string;
  /** A hash of its source form without its sinks. */
  readonly version: string;
  readonly sinks: readonly string[];
  matches(event: ClusterEvent): boolean;
  explain(event: ClusterEvent): readonly Clause[];
}

/** All forwards, ready to be asked; what `RuleSet` is for rules. */
export interface ForwardSet {
  readonly forwards: readonly CompiledForward[];
  /** Whether any forward could want an event with these keys; may say yes wrongly, never no wrongly. */
  couldWant(keys: EventKeys): boolean;
  match(event: ClusterEvent): readonly CompiledForward[];
  /** One for each forward. */
  readonly readers: readonly Reader[];
  /** What they need together. */
  readonly looksUp: LooksUp;
}

/** All rules, ready to be asked. Immutable: a reload makes a new one. */
export interface RuleSet {
  /** Enabled rules, in the order of their files. */
  readonly rules: readonly CompiledRule[];
  readonly byName: ReadonlyMap<string, CompiledRule>;
  /**
   * Whether any rule, or a counter-event of a rule or of the reason table, could want an event with these keys.
   * May say yes wrongly, never no wrongly. Must be a few look-ups: every event of the cluster passes here.
   */
  couldWant(keys: EventKeys): boolean;
  /** The rules an event opens or feeds: drops and fallbacks applied. */
  match(event: ClusterEvent): readonly CompiledRule[];
  /** The name of the drop entry that holds the event back, if any. */
  droppedBy(event: ClusterEvent): string | undefined;
  /** The row of the reason table for this event, if any. */
  reasonRow(event: ClusterEvent): ReasonRow | undefined;
  /** One for each enabled rule and each drop. */
  readonly readers: readonly Reader[];
  /** What rules and drops need to have looked up. */
  readonly looksUp: LooksUp;
  /** Labels that alerts can have: those of every alert, and those that rules and overrides add. */
  readonly labelNames: ReadonlySet<string>;
  /** Whether the event is a counter-event of any rule or row; a quick test before open alerts are searched. */
  couldCounter(event: ClusterEvent): boolean;
}
