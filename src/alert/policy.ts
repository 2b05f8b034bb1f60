import type { Severity } from "../lib/severity.ts";
import type { Timetable } from "../lib/timetable.ts";
import type { InspectedKind } from "../object/index.ts";
import type { ForwardSet, RuleSet } from "../rule/index.ts";
import type { Route } from "./route.ts";
import type { Silence } from "./silence.ts";

/** How a sink chooses a destination by a label of the alert. */
export interface Choosing {
  readonly label: string;
  /** The name of the destination for a value of the label. Many values may have the same. */
  readonly nameOf: (value: string) => string;
}

/** The options of a sink that the engine uses. */
export interface SinkPolicy {
  readonly name: string;
  readonly minSeverity: Severity | undefined;
  /** `proven`: only ends that an event or a deletion proves. */
  readonly sendResolved: true | false | "proven";
  /** Milliseconds; undefined: a delivery is never too old. */
  readonly maxAgeMs: number | undefined;
  /** Whether its messages may have lines of logs. */
  readonly logs: boolean;
  /** Whether one message may tell several groups; not where the receiver keeps state by the key of a group. */
  readonly merges: boolean;
  /** How it, and its fallback, choose a destination, if they do: a message of it goes to one alone. */
  readonly chooses: readonly Choosing[];
  /** When it gets its digests, if it gets all but critical news in them; undefined: news goes at once. */
  readonly digest: Timetable | undefined;
}

/** One kind of cause, and the alerts that it holds back (docs/design/alerting.md#inhibition). */
export interface InhibitRule {
  readonly name: string;
  /** Whether an alert with these labels is a cause, while it lasts. */
  readonly isSource: (labels: Readonly<Record<string, string>>) => boolean;
  /** Whether an alert with these labels is held back by such a cause. */
  readonly isTarget: (labels: Readonly<Record<string, string>>) => boolean;
  /** Labels in which both must be the same; a missing one is "". */
  readonly equal: readonly string[];
  /** All objects of the target that have the problem must be on nodes of such causes. */
  readonly equalNode: boolean;
  /** The newest message of the target must have the name of the cause's object in quotes. */
  readonly named: boolean;
  /** The cause is a plan: a target that merely happened meanwhile is not told after its end either. */
  readonly isExpected: boolean;
}

/** The part of a configuration by which the engine decides: alerts, routes, holds. A reload replaces it as a whole. */
export interface Policy {
  readonly cluster: string;
  readonly rules: RuleSet;
  readonly forwards: ForwardSet;
  /** The root of the routing tree; undefined without rules. */
  readonly route: Route | undefined;
  /** With the shipped ones. */
  readonly inhibit: readonly InhibitRule[];
  /** The silences of the configuration. */
  readonly silences: readonly Silence[];
  /** Keyed by name. */
  readonly sinks: ReadonlyMap<string, SinkPolicy>;
  /** Components whose events may set the severity `critical` by an annotation. */
  readonly trustSeverityFrom: ReadonlySet<string>;
  /** The address of the runbook of a rule that names none, by the rule's name, or ""; undefined: there is none. */
  readonly runbookOf?: ((rule: string) => string) | undefined;
  /** Address of the web page for people, without a slash at the end; undefined: messages have no links to it. */
  readonly pageUrl?: string | undefined;
  /** Kinds beside the built-in ones whose state proves ends. */
  readonly inspected: readonly InspectedKind[];
}
