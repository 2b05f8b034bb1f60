import { fingerprint } from "../../lib/hash.ts";
import type { Policy } from "../policy.ts";
import type { AlertState } from "../state.ts";
import { destinationsOf, type Route, ruleRoute } from "./route.ts";

/** A group that an alert belongs to, and the sinks it reaches there. */
export interface Place {
  readonly route: Route;
  readonly sinks: readonly string[];
  /** `route/hash`: names, not matcher texts, so that editing a route keeps its threads. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Where an alert is told: by the routing tree, or only at the sinks its rule names.
 *
 * @param namesReason Whether its rule names reasons; without, the reason keeps its problems in groups of their own.
 */
export function placesOf(
  policy: Pick<Policy, "route">,
  alert: Pick<AlertState, "fingerprint" | "labels" | "rule">,
  ruleSinks: readonly string[] | undefined,
  namesReason: boolean,
): readonly Place[] {
  const { route: root } = policy;
  if (root === undefined) return [];
  const destinations =
    ruleSinks === undefined
      ? destinationsOf(root, alert.labels)
      : [{ route: ruleRoute(root, alert.rule, ruleSinks), sinks: ruleSinks }];
  return destinations.map(({ route, sinks }) => ({ route, sinks, ...groupOf(route, alert, namesReason) }));
}

function groupOf(
  route: Route,
  alert: Pick<AlertState, "fingerprint" | "labels">,
  namesReason: boolean,
): Pick<Place, "key" | "labels"> {
  if (route.groupBy === "alone") {
    return { key: `${route.name}/${fingerprint([alert.fingerprint])}`, labels: alert.labels };
  }
  const names = groupNames(route.groupBy, namesReason);
  const labels = Object.fromEntries(names.map((name) => [name, alert.labels[name] ?? ""]));
  const parts = names.flatMap((name) => [name, labels[name] ?? ""]);
  return { key: `${route.name}/${fingerprint(parts)}`, labels };
}

function groupNames(groupBy: Exclude<Route["groupBy"], "alone">, namesReason: boolean): readonly string[] {
  if (groupBy !== "default") return groupBy;
  return namesReason ? ["rule", "cluster"] : ["rule", "cluster", "reason"];
}
