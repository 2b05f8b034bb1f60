import type { Fault } from "../lib/schema.ts";
import { compileTimeIntervals } from "./matching/time-interval-spec.ts";
import type { Policy } from "./policy.ts";
import { compileRoute } from "./routing/route-spec.ts";
import { compileInhibition } from "./suppression/inhibit-spec.ts";
import { compileSilences } from "./suppression/silence-spec.ts";

/** The sections of a configuration that say who is told of alerts, and when not. Each may be of any shape. */
export interface AlertingSections {
  /** Undefined when none is written. */
  readonly route: unknown;
  readonly timeIntervals: unknown;
  readonly inhibit: readonly unknown[];
  readonly silences: readonly unknown[];
}

/** What the names in these sections are checked against. */
export interface AlertingContext {
  readonly sinkNames: ReadonlySet<string>;
  /** Labels every alert has and those that rules add. */
  readonly labelNames: ReadonlySet<string>;
  /** Whether there are rules: their alerts need a route. */
  readonly hasRules: boolean;
}

/** What these sections decide. It is whole only when there is no error among the faults. */
export interface CompiledAlerting extends Pick<Policy, "route" | "inhibit" | "silences"> {
  /** In the order of the sections; paths begin with the name of the section. */
  readonly faults: readonly Fault[];
}

/** Checks and compiles every section, also when another has faults, so that all of them are told at once. */
export function compileAlerting(sections: AlertingSections, context: AlertingContext): CompiledAlerting {
  const { labelNames } = context;
  const { intervals, faults: ofIntervals } = compileTimeIntervals(sections.timeIntervals, ["timeIntervals"]);
  const { route, faults: ofRoute } =
    sections.route === undefined
      ? { route: undefined, faults: context.hasRules ? [ROUTE_MISSING] : [] }
      : compileRoute(sections.route, { path: ["route"], intervals, ...context });
  const { rules: inhibit, faults: ofInhibit } = compileInhibition(sections.inhibit, labelNames, ["inhibit"]);
  const { silences, faults: ofSilences } = compileSilences(sections.silences, labelNames, ["silences"]);
  return { route, inhibit, silences, faults: [...ofIntervals, ...ofRoute, ...ofInhibit, ...ofSilences] };
}

const ROUTE_MISSING: Fault = {
  level: "error",
  path: ["route"],
  message: "missing: name the sinks for alerts, as in route: { sinks: [name] }",
};
