import type { NamedInterval } from "./time-interval.ts";

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
 * The labels that make a group. `default`: rule, cluster and namespace, and also the reason for rules that name
 * no reasons. `alone`: each alert is a group of its own.
 */
export type GroupBy = "default" | "alone" | readonly string[];

/** The mute timings of a route: hours in which it sends nothing. */
export interface RouteHours {
  /** The route sends nothing while one of these is on. */
  readonly mute: readonly NamedInterval[];
  /** When not empty, the route sends only while one of these is on. */
  readonly active: readonly NamedInterval[];
}

/** A node of the routing tree, with the values that it inherits. */
export interface Route extends RouteTimers, RouteHours {
  readonly name: string;
  readonly sinks: readonly string[];
  readonly groupBy: GroupBy;
  /** Whether an alert that matches also tries later siblings. */
  readonly continue: boolean;
  /** Whether the node takes alerts with these labels; the root takes all. */
  readonly matches: (labels: Readonly<Record<string, string>>) => boolean;
  readonly routes: readonly Route[];
}
