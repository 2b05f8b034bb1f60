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
 * Which labels make a group: `default` is rule and cluster, with the reason for rules that name none; `alone` is each
 * alert by itself.
 */
export type GroupBy = "default" | "alone" | readonly string[];

/** Hours in which a route tells nobody. */
export interface RouteHours {
  /** Nobody is told while one of these is on. */
  readonly mute: readonly NamedInterval[];
  /** When not empty: nobody is told unless one of these is on. */
  readonly active: readonly NamedInterval[];
}

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
