import type { ClusterEvent, EventKeys } from "../event/index.ts";
import type { Severity } from "../lib/severity.ts";
import type { Proof } from "../object/index.ts";
import type { LooksUp, Reader } from "./looks-up.ts";
import type { StateClause } from "./state-clause.ts";

/** The kind of problem, which decides how an alert ends (docs/design/alerting.md#lifecycles). */
export type Lifecycle = "recurring" | "transition" | "point";

/** The built-in parts of an identity. */
export type IdentityKey = "namespace" | "workload" | "object" | "container" | "reason" | "node";

/** The values that a counter-event must share with the member of an alert that it clears. */
export type SameKey = "object" | "container" | "node" | "namespace" | "workload";

/** The variable `alert` of a rule's `title` and `text`. */
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
  /** The counter-event's reason, or how the alert ended; "" while it fires. */
  readonly resolvedBy: string;
}

/** The variable `group` of a rule's `title` and `text`. */
export interface GroupFacts {
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Number of its alerts. */
  readonly alerts: number;
}

/** The variable `evidence` of a rule's `title` and `text`: the known cause, as receivers get it. */
export interface EvidenceFacts {
  /** In one line. */
  readonly summary: string;
  readonly facts: readonly object[];
  readonly containers: readonly object[];
  readonly workload: object | null;
  readonly changes: readonly object[];
}

/** The variables of a text. Only `title` and `text` have `alert`, `group` and `evidence`. */
export interface TextScope {
  /** Its cluster is the variable `cluster`. */
  readonly event: ClusterEvent;
  /** Epoch milliseconds, for `ago()`. */
  readonly now: number;
  readonly alert?: AlertFacts;
  readonly group?: GroupFacts;
  /** Missing when nothing is known of the cause. */
  readonly evidence?: EvidenceFacts | undefined;
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

/** A counter-event: an event that ends the problem of an alert. */
export interface CounterMatcher {
  readonly same: readonly SameKey[];
  /** For people: `Pulled`. */
  readonly label: string;
  /** The only reasons that can match; undefined when any can. For an index. */
  readonly reasons: ReadonlySet<string> | undefined;
  /** Whether the event matches. An event of Tocsin itself matches only when the matcher names its component. */
  matches(event: ClusterEvent): boolean;
}

/** One clause of a match, and whether it held. */
export interface Clause {
  /** Its path in the rule: `match.reason`, `match[1].message.regex`, `except`, `when`. */
  readonly path: string;
  readonly ok: boolean;
  readonly expected: string;
  readonly actual: string;
}

/** The answer of a whole match to an event, clause by clause. */
export interface MatchExplanation {
  /**
   * All clauses of the nearest alternative, the one with the fewest failed clauses (the first of several), then the
   * exceptions and the condition; also those after the first that failed.
   */
  readonly clauses: readonly Clause[];
  /** Whether the nearest alternative names reasons, and the event has one of them. */
  readonly reasonFits: boolean;
  /** How many other alternatives failed as well; 0 when one holds. */
  readonly otherAlternatives: number;
}

/** A rule as its author wrote it, and where. */
export interface RuleOrigin {
  /** As findings name it. */
  readonly file: string;
  /** Of the first key of the rule; 1 is the first line. */
  readonly line: number;
  /** JSON, without what `overrides` change. */
  readonly text: string;
}

/** A rule in its executable form; keys that the user left out are undefined and come from the reason table. */
export interface CompiledRule {
  readonly name: string;
  readonly description: string;
  /** Undefined for a rule that was made without a file. */
  readonly origin?: RuleOrigin | undefined;
  /** Changes when anything in the rule changes: a hash of its source form. */
  readonly version: string;
  /** Hash of the match alone. */
  readonly matchVersion: string;
  readonly fallback: boolean;
  /** Conditions on the state of the object, beside `matches`; undefined: none. */
  readonly state: StateClause | undefined;
  readonly severity: Severity | undefined;
  readonly lifecycle: Lifecycle | undefined;
  /** Built-in keys by name, expressions compiled. Rule name and cluster are not listed: they are always part of it. */
  readonly identity: readonly (IdentityKey | RuleText)[];
  readonly threshold: { readonly count: number; readonly withinMs: number; readonly distinct: number };
  readonly forMs: number;
  /** Whether an Event of this count could match; undefined when the count plays no part. */
  readonly allowsCount: ((count: number) => boolean) | undefined;
  readonly resolve: {
    /** Undefined: the one of the reason table. */
    readonly by: readonly CounterMatcher[] | undefined;
    /** The object state that proves the end; undefined: the one of the reason table. */
    readonly when: Proof | undefined;
    readonly quietMs: number | undefined;
    readonly maxAgeMs: number | undefined;
  };
  /** The rule fires when what it matches does not occur for so long; undefined: it fires when it occurs. */
  readonly absent:
    | {
        readonly withinMs: number;
        /** Objects that are waited for although they were never heard of. */
        readonly expect: readonly {
          readonly namespace: string;
          readonly kind: string;
          readonly name: string;
        }[];
      }
    | undefined;
  /** Sink names; undefined: the routing tree decides. */
  readonly sinks: readonly string[] | undefined;
  readonly labels: ReadonlyMap<string, RuleText>;
  readonly runbook: RuleText | undefined;
  readonly dashboard: RuleText | undefined;
  readonly title: RuleText | undefined;
  readonly text: RuleText | undefined;
  /** Whether `match` names the reasons for every event that it takes; decides the default group labels. */
  readonly namesReason: boolean;
  /**
   * An event for examples, with the values that the match names; it need not match.
   *
   * @param rows Of the reason table, for what the match does not name.
   */
  sample(rows?: readonly ReasonRow[]): ClusterEvent;
  matches(event: ClusterEvent): boolean;
  explain(event: ClusterEvent): MatchExplanation;
}

/** A counter-event of the reason table, as plain data: "" for component or kind means any. */
export interface CounterSpec {
  readonly component: string;
  readonly reason: string;
  readonly kind: string;
  /** A fragment that the message must contain; "" for any. */
  readonly contains: string;
  readonly same: readonly SameKey[];
}

/** Facts about a (component, reason, kind, message form): data, each row replaceable by users. */
export interface ReasonRow {
  /** "" for any. */
  readonly component: string;
  readonly reason: string;
  /** Empty for any. */
  readonly kinds: readonly string[];
  /** "" for any. */
  readonly type: string;
  /** A fragment that the message must contain; "" for any. */
  readonly contains: string;
  readonly lifecycle: Lifecycle;
  readonly severity: Severity;
  readonly counterEvents: readonly CounterSpec[];
  /** The object state that proves the end; undefined where none does. */
  readonly when: Proof | undefined;
  /** Milliseconds. */
  readonly quietMs: number | undefined;
  /** Whether its writer publishes repeats as a series, so up to 30 minutes late. */
  readonly series: boolean;
  /** Its meaning in a sentence, for rules without a description. */
  readonly meaning: string;
}

/** A `forward` entry in its executable form. */
export interface CompiledForward {
  readonly name: string;
  /** A hash of its source form without its sinks. */
  readonly version: string;
  readonly sinks: readonly string[];
  matches(event: ClusterEvent): boolean;
  explain(event: ClusterEvent): MatchExplanation;
}

/** The fields of an event that are read before it is built; an `Observation` is one. */
export interface Glimpse {
  readonly head: EventKeys;
  /** As `ClusterEvent` has it. */
  readonly message: string;
  /** As `ClusterEvent` has it; costs more than the others. */
  readonly count: number;
}

/** All forwards, ready for events; the counterpart of `RuleSet`. */
export interface ForwardSet {
  readonly forwards: readonly CompiledForward[];
  /** Whether any forward could want the event; may wrongly say yes, never wrongly no. */
  couldWant(glimpse: Glimpse): boolean;
  match(event: ClusterEvent): readonly CompiledForward[];
  /** One for each forward. */
  readonly readers: readonly Reader[];
  /** The look-ups that they need together. */
  readonly looksUp: LooksUp;
}

/** All rules, ready for events. Immutable: a reload makes a new one. */
export interface RuleSet {
  /** Enabled rules, in the order of their files. */
  readonly rules: readonly CompiledRule[];
  readonly byName: ReadonlyMap<string, CompiledRule>;
  /**
   * Whether any rule could match the event. May wrongly say yes, never wrongly no. Costs a few look-ups, because every
   * event of the cluster passes here; its message is read only where these do not say no.
   */
  couldMatch(glimpse: Glimpse): boolean;
  /** As `couldMatch`, for the counter-events of rules and of the rows that rules lean on. */
  couldResolve(glimpse: Glimpse): boolean;
  /** Whether a counter-event of any rule or row may be about another object than its alert's. */
  readonly reachesFurther: boolean;
  /**
   * The rules that an event opens or feeds: drops and fallbacks applied, but not their conditions on the state of the
   * object.
   *
   * @param onConditionFailed Called with each rule whose `when` fails on the event, which then does not match.
   */
  match(event: ClusterEvent, onConditionFailed?: (rule: string) => void): readonly CompiledRule[];
  /** The name of the drop that takes the event out, if any. */
  droppedBy(event: ClusterEvent): string | undefined;
  /** The row of the reason table for this event, if any. */
  reasonRow(event: ClusterEvent): ReasonRow | undefined;
  /** An event for examples of a rule, as close to its match as the match and the reason table tell. */
  sampleOf(rule: CompiledRule): ClusterEvent;
  /** How alerts of a rule end, in words, with what the reason table adds; reasons of Events in backticks. */
  endsOf(rule: CompiledRule): string;
  /** One for each enabled rule and each drop. */
  readonly readers: readonly Reader[];
  /** The look-ups that rules and drops need. */
  readonly looksUp: LooksUp;
  /** Whether any rule has conditions on the state of objects. */
  readonly readsState: boolean;
  /** Labels that alerts can have: those of every alert, and those that rules and overrides add. */
  readonly labelNames: ReadonlySet<string>;
  /** Whether the event is a counter-event of any rule or row; a quick test before open alerts are searched. */
  couldCounter(event: ClusterEvent): boolean;
}
