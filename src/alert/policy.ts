import type { Severity } from "../lib/severity.ts";
import type { ForwardSet, RuleSet } from "../rule/index.ts";
import type { Route } from "./route.ts";
import type { Silence } from "./silence.ts";

/** What the engine must know of a sink; the rest is the sink's own business. */
export interface SinkPolicy {
  readonly name: string;
  readonly minSeverity: Severity | undefined;
  /** `proven`: not after mere quiet or age. */
  readonly sendResolved: true | false | "proven";
  /** Milliseconds; undefined: a delivery is never too old. */
  readonly maxAgeMs: number | undefined;
}

/** One kind of cause, and the alerts that it holds back (docs/design/alerting.md#inhibition). */
export interface InhibitRule {
  readonly name: string;
  /** The cause, while its alert lasts. */
  readonly isSource: (labels: Readonly<Record<string, string>>) => boolean;
  /** What is held back meanwhile. */
  readonly isTarget: (labels: Readonly<Record<string, string>>) => boolean;
  /** Labels in which both must be the same; a missing one is "". */
  readonly equal: readonly string[];
  /** All objects of the target that have the problem must be on nodes of such causes. */
  readonly equalNode: boolean;
}

/** Everything of the configuration that decides what becomes an alert and who is told. Replaced whole at a reload. */
export interface Policy {
  readonly cluster: string;
  readonly rules: RuleSet;
  readonly forwards: ForwardSet;
  /** The root; undefined when there are no rules. */
  readonly route: Route | undefined;
  /** The shipped ones among them. */
  readonly inhibit: readonly InhibitRule[];
  /** Those of the configuration. */
  readonly silences: readonly Silence[];
  /** Keyed by name. */
  readonly sinks: ReadonlyMap<string, SinkPolicy>;
  /** Components whose events may call themselves critical. */
  readonly trustSeverityFrom: ReadonlySet<string>;
}
