import type { Severity } from "../../lib/severity.ts";
import type { Policy } from "../policy.ts";
import type { Route } from "../route.ts";
import type { AlertState, GroupState } from "../state.ts";
import { destinationsOf, type RoutedDestination, ruleRoute } from "./destinations.ts";
import { LONGEST_REPEAT_MS, timerFor } from "./route-timers.ts";

/** The routes of a policy: they give the destinations of alerts, and the timers of groups. */
export class RouteTable {
  readonly #policy: Pick<Policy, "route" | "rules" | "sinks">;
  /** Keyed by name: the routes of the tree, and one for each rule with sinks of its own. */
  readonly #routes = new Map<string, Route>();

  constructor(policy: Pick<Policy, "route" | "rules" | "sinks">) {
    this.#policy = policy;
    const { route: root, rules } = policy;
    if (root === undefined) return;
    this.#add(root);
    for (const { name, sinks } of rules.rules) {
      if (sinks !== undefined) this.#routes.set(`rule:${name}`, ruleRoute(root, name, sinks));
    }
  }

  /** The route of a group; undefined when a reload has removed it. */
  of({ route }: Pick<GroupState, "route">): Route | undefined {
    return this.#routes.get(route);
  }

  /** The destinations of an alert. */
  destinationsOf(alert: AlertState): readonly RoutedDestination[] {
    return destinationsOf(this.#policy, alert, this.#policy.rules.byName.get(alert.rule));
  }

  /** The repeat interval of a group with alerts of this severity, milliseconds. */
  repeatInterval(group: Pick<GroupState, "route">, severity: Severity): number {
    const route = this.of(group);
    return route === undefined ? LONGEST_REPEAT_MS : timerFor(route.repeatInterval, severity);
  }

  #add(route: Route): void {
    this.#routes.set(route.name, route);
    for (const child of route.routes) this.#add(child);
  }
}
