import type { Policy, Route } from "../alert/index.ts";
import { counted } from "../lib/counted.ts";
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

/** How much a configuration holds. */
export interface ConfigurationSize {
  readonly rules: number;
  readonly forwards: number;
  /** The root among them. */
  readonly routes: number;
  readonly sinks: number;
}

/** Counts the parts of a configuration. */
export function sizeOf({ policy: { rules, route, forwards }, sinks }: Configuration): ConfigurationSize {
  return {
    rules: rules.rules.length,
    forwards: forwards.forwards.length,
    routes: route === undefined ? 0 : routesIn(route),
    sinks: sinks.length,
  };
}

/** Says how much a configuration holds: `23 rules, 3 sinks, 2 routes`. */
export function summaryOf(configuration: Configuration): string {
  const { rules, sinks, routes, forwards } = sizeOf(configuration);
  const parts = [counted(rules, "rule"), counted(sinks, "sink"), counted(routes, "route")];
  if (forwards > 0) parts.push(counted(forwards, "forward"));
  return parts.join(", ");
}

function routesIn(route: Route): number {
  return route.routes.reduce((sum, child) => sum + routesIn(child), 1);
}
