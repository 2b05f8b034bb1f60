import type { Policy } from "../policy.ts";
import type { Route } from "../route.ts";
import { ruleRoute } from "./destinations.ts";

/** Every route a group can belong to, keyed by name: those of the tree, and one for each rule with sinks of its own. */
export function routesByName(policy: Policy): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  const { route: root } = policy;
  if (root === undefined) return routes;
  const visit = (route: Route): void => {
    routes.set(route.name, route);
    for (const child of route.routes) visit(child);
  };
  visit(root);
  for (const rule of policy.rules.rules) {
    if (rule.sinks !== undefined) routes.set(`rule:${rule.name}`, ruleRoute(root, rule.name, rule.sinks));
  }
  return routes;
}
