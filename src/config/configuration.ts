import type { Policy, Route } from "../alert/index.ts";
import type { ConfiguredSink } from "../sink/index.ts";
import type { LocatedSecret } from "./secrets.ts";
import type { ProcessSettings } from "./sections.ts";

/** All settings of the program, checked and compiled. Immutable: a reload makes a new one. */
export interface Configuration {
  /** The settings of the alert engine. */
  readonly policy: Policy;
  /** The settings of the process. */
  readonly process: ProcessSettings;
  readonly sinks: readonly ConfiguredSink[];
  readonly origin: ConfigurationOrigin;
}

/** The origin of a configuration. */
export interface ConfigurationOrigin {
  /** As the user named it; "" when there is none and the builtin rules serve. */
  readonly file: string;
  /** Absolute: paths in the file are relative to it. */
  readonly baseDir: string;
  readonly secrets: readonly LocatedSecret[];
  /** A hash over all files that it was read from, secrets excluded. */
  readonly hash: string;
  /** The file without its secrets, for display. */
  readonly redacted: unknown;
}

/** How much a configuration holds, for people: `23 rules, 3 sinks, 2 routes`. */
export function summaryOf({ policy: { rules, route, forwards }, sinks }: Configuration): string {
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
