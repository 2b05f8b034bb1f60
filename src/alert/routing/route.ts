import type { Severity } from "../../lib/severity.ts";
import type { RouteHours } from "../suppression/hold.ts";

/** A group is repeated no more often. */
export const SHORTEST_REPEAT_MS = 60_000;

/** The repeat interval stops doubling here. */
export const LONGEST_REPEAT_MS = 24 * 3_600_000;

/** A time that may differ for critical alerts; milliseconds. */
export interface BySeverity {
  readonly critical: number;
  readonly else: number;
}

/** Timers of a route (docs/design/alerting.md#groups-and-timers). */
export interface RouteTimers {
  readonly groupWait: BySeverity;
  readonly groupInterval: BySeverity;
  readonly repeatInterval: BySeverity;
}

/**
 * Which labels make a group: `default` is rule and cluster, with the reason for rules that name none; `alone` is each
 * alert by itself.
 */
export type GroupBy = "default" | "alone" | readonly string[];

/** A node of the routing tree, with everything it inherits filled in. */
export interface Route extends RouteTimers, RouteHours {
  readonly name: string;
  readonly sinks: readonly string[];
  readonly groupBy: GroupBy;
  /** Whether later siblings are tried as well. */
  readonly continue: boolean;
  /** Whether alerts with these labels come here; the root takes all. */
  readonly matches: (labels: Readonly<Record<string, string>>) => boolean;
  readonly routes: readonly Route[];
}

/** One place an alert goes to. */
export interface Destination {
  readonly route: Route;
  readonly sinks: readonly string[];
}

/**
 * Where an alert goes: depth first, to the first child that matches and to later siblings only after `continue`; a
 * node's own sinks only when no child matched. A sink gets it once, by the first route that names it.
 */
export function destinationsOf(
  root: Route,
  labels: Readonly<Record<string, string>>,
): readonly Destination[] {
  const taken = new Set<string>();
  return leavesOf(root, labels).flatMap((route) => {
    const free = route.sinks.filter((sink) => !taken.has(sink));
    // Every alert keeps them: one list for all, where it is the same.
    const sinks = free.length === route.sinks.length ? route.sinks : free;
    for (const sink of sinks) taken.add(sink);
    return sinks.length === 0 ? [] : [{ route, sinks }];
  });
}

/** A route for the alerts of one rule with `sinks` of its own: timed, grouped and muted as the root says. */
export function ruleRoute(root: Route, rule: string, sinks: readonly string[]): Route {
  return { ...root, name: `rule:${rule}`, sinks, continue: false, routes: [] };
}

/** The timer that applies to a severity. */
export function timerFor(timer: BySeverity, severity: Severity): number {
  return severity === "critical" ? timer.critical : timer.else;
}

function leavesOf(node: Route, labels: Readonly<Record<string, string>>): readonly Route[] {
  const leaves: Route[] = [];
  for (const child of node.routes) {
    if (!child.matches(labels)) continue;
    leaves.push(...leavesOf(child, labels));
    if (!child.continue) return leaves;
  }
  return leaves.length === 0 ? [node] : leaves;
}
