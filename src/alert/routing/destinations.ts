import { fingerprint } from "../../lib/hash.ts";
import type { CompiledRule } from "../../rule/index.ts";
import type { Policy } from "../policy.ts";
import type { Route } from "../route.ts";
import type { AlertState, Destination } from "../state.ts";

/** A destination with the route that leads there and the labels that its group has in common. */
export interface RoutedDestination extends Destination {
  readonly route: Route;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The destinations of an alert: by the routing tree, or only the sinks that its rule names.
 *
 * @param rule The alert's own. Alerts of a rule that names no reasons are also grouped by reason, and those to a sink
 * that chooses its destination by a label also by that label.
 */
export function destinationsOf(
  policy: Pick<Policy, "route" | "sinks">,
  alert: Pick<AlertState, "fingerprint" | "labels" | "rule">,
  rule: Pick<CompiledRule, "sinks" | "namesReason"> | undefined,
): readonly RoutedDestination[] {
  const { route: root } = policy;
  if (root === undefined) return [];
  const { sinks: own, namesReason = true } = rule ?? {};
  const reached =
    own === undefined
      ? reachedFrom(root, alert.labels)
      : [{ route: ruleRoute(root, alert.rule, own), sinks: own }];
  return reached.map(({ route, sinks }) => {
    const chosenBy = sinks.flatMap((name) => policy.sinks.get(name)?.chooses ?? []).map(({ label }) => label);
    return { route, sinks, ...groupOf(route, alert, { namesReason, chosenBy }) };
  });
}

/** The route of a rule with `sinks` of its own: it has the timers, grouping and mute timings of the root. */
export function ruleRoute(root: Route, rule: string, sinks: readonly string[]): Route {
  return { ...root, name: `rule:${rule}`, sinks, continue: false, routes: [] };
}

/**
 * Walks the tree depth first: to the first child that matches, and to later siblings only after `continue`. A node uses
 * its own sinks only when no child matches. A sink gets an alert once, by the first route that names it.
 */
function reachedFrom(
  root: Route,
  labels: Readonly<Record<string, string>>,
): readonly Pick<RoutedDestination, "route" | "sinks">[] {
  const taken = new Set<string>();
  return leavesOf(root, labels).flatMap((route) => {
    const free = route.sinks.filter((sink) => !taken.has(sink));
    // Every alert keeps the list, so alerts of one route share it where they can.
    const sinks = free.length === route.sinks.length ? route.sinks : free;
    for (const sink of sinks) taken.add(sink);
    return sinks.length === 0 ? [] : [{ route, sinks }];
  });
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

function groupOf(
  route: Route,
  alert: Pick<AlertState, "fingerprint" | "labels">,
  { namesReason, chosenBy }: { readonly namesReason: boolean; readonly chosenBy: readonly string[] },
): Pick<RoutedDestination, "groupKey" | "labels"> {
  if (route.groupBy === "alone") {
    return { groupKey: `${route.name}/${fingerprint([alert.fingerprint])}`, labels: alert.labels };
  }
  const own = groupNames(route.groupBy, namesReason);
  const names = chosenBy.length === 0 ? own : [...new Set([...own, ...chosenBy])];
  const labels = Object.fromEntries(names.map((name) => [name, alert.labels[name] ?? ""]));
  const parts = names.flatMap((name) => [name, labels[name] ?? ""]);
  return { groupKey: `${route.name}/${fingerprint(parts)}`, labels };
}

function groupNames(groupBy: Exclude<Route["groupBy"], "alone">, namesReason: boolean): readonly string[] {
  if (groupBy !== "default") return groupBy;
  return namesReason ? ["rule", "cluster", "namespace"] : ["rule", "cluster", "namespace", "reason"];
}
