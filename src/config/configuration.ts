import type { InhibitRule, Route, Silence } from "../alert/index.ts";
import type { ForwardSet, RuleSet } from "../rule/index.ts";
import type { ConfiguredSink } from "../sink/index.ts";
import type { ConfigurationFile } from "./schema.ts";
import type { LocatedSecret } from "./secrets.ts";

/** Everything the program was told, checked and compiled. Immutable: a reload makes a new one. */
export interface Configuration {
  /** As the user named it; "" when there is none and the builtin rules serve. */
  readonly file: string;
  /** Absolute: what paths in the file are relative to. */
  readonly baseDir: string;
  /** Undefined when the file leaves it to the context's name. */
  readonly cluster: string | undefined;
  /** Paths are absolute, times milliseconds. */
  readonly kubernetes: ConfigurationFile["kubernetes"];
  /** The path is absolute, or `:memory:`. */
  readonly state: ConfigurationFile["state"];
  readonly rules: RuleSet;
  readonly forwards: ForwardSet;
  /** The root; undefined when there are no rules and none is written. */
  readonly route: Route | undefined;
  /** The shipped ones among them. */
  readonly inhibit: readonly InhibitRule[];
  readonly silences: readonly Silence[];
  /** Labels that alerts can have. */
  readonly labelNames: ReadonlySet<string>;
  readonly sinks: readonly ConfiguredSink[];
  readonly server: ConfigurationFile["server"];
  /** Without a format: `pretty` on a terminal, else `json`. */
  readonly log: ConfigurationFile["log"];
  /** Names of the sinks that hear of the bridge's own troubles; undefined: those of the root route. */
  readonly selfAlertSinks: readonly string[] | undefined;
  /** Undefined: none. */
  readonly heartbeat: ConfigurationFile["heartbeat"];
  readonly secrets: readonly LocatedSecret[];
  /** Changes when any file it was read from changes, secrets excluded. */
  readonly hash: string;
  /** The file as it may be shown: without its secrets. */
  readonly redacted: unknown;
}

/** How much a configuration holds, for people: `23 rules, 3 sinks, 2 routes`. */
export function summaryOf({ rules, sinks, route, forwards }: Configuration): string {
  const parts = [
    counted(rules.rules.length, "rule"),
    counted(sinks.length, "sink"),
    counted(route === undefined ? 0 : routesIn(route), "route"),
  ];
  if (forwards.forwards.length > 0) parts.push(counted(forwards.forwards.length, "forward"));
  return parts.join(", ");
}

function routesIn(route: Route): number {
  return route.routes.reduce((sum, child) => sum + routesIn(child), 1);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
