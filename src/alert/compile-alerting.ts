import type { Fault } from "../lib/schema.ts";
import type { KnownLabels } from "./matching/fault-of-value.ts";
import { compileTimeIntervals } from "./matching/time-interval-spec.ts";
import { compileRunbooks } from "./message/runbooks-spec.ts";
import type { Policy } from "./policy.ts";
import { compileRoute } from "./routing/route-spec.ts";
import { compileInhibition } from "./suppression/inhibit-spec.ts";
import { compileSilences } from "./suppression/silence-spec.ts";

/** The sections of a configuration about routing and holding back, before they are checked: of any shape. */
export interface AlertingSections {
  /** Undefined when none is written. */
  readonly route: unknown;
  readonly timeIntervals: unknown;
  readonly inhibit: readonly unknown[];
  readonly silences: readonly unknown[];
  /** Undefined when none is written. */
  readonly runbooks: unknown;
}

/** The known names that these sections are checked against. */
export interface AlertingContext {
  /** Undefined leaves sinks unchecked. */
  readonly sinkNames: ReadonlySet<string> | undefined;
  readonly labels: KnownLabels;
  /** Whether there are rules: their alerts need a route. */
  readonly hasRules: boolean;
  /** Whether the names of all time intervals are known. */
  readonly hasIntervals: boolean;
}

/** The compiled sections; complete only when no fault is an error. */
export interface CompiledAlerting extends Pick<Policy, "route" | "inhibit" | "silences" | "runbookOf"> {
  /** In the order of the sections; paths begin with the name of the section. */
  readonly faults: readonly Fault[];
}

/** Checks and compiles every section, also when another one has faults, so that users see all faults at once. */
export function compileAlerting(sections: AlertingSections, context: AlertingContext): CompiledAlerting {
  const { labels } = context;
  const { intervals, faults: ofIntervals } = compileTimeIntervals(sections.timeIntervals, ["timeIntervals"]);
  const { route, faults: ofRoute } =
    sections.route === undefined
      ? { route: undefined, faults: context.hasRules ? [ROUTE_MISSING] : [] }
      : compileRoute(sections.route, {
          path: ["route"],
          intervals: context.hasIntervals ? intervals : undefined,
          ...context,
        });
  const { rules: inhibit, faults: ofInhibit } = compileInhibition(sections.inhibit, labels, ["inhibit"]);
  const { silences, faults: ofSilences } = compileSilences(sections.silences, labels, ["silences"]);
  const { runbookOf, faults: ofRunbooks } = compileRunbooks(sections.runbooks, ["runbooks"]);
  const faults = [...ofIntervals, ...ofRoute, ...ofInhibit, ...ofSilences, ...ofRunbooks];
  return { route, inhibit, silences, runbookOf, faults };
}

const ROUTE_MISSING: Fault = {
  level: "error",
  path: ["route"],
  message: "missing: name the sinks for alerts, as in route: { sinks: [name] }",
};
