import type { Policy, Route } from "../../alert/index.ts";

/** The names of the intervals that mute each route now, for the routes that are muted. @param now Epoch milliseconds. */
export function mutedRoutes(
  { route: root, rules }: Pick<Policy, "route" | "rules">,
  now: number,
): ReadonlyMap<string, readonly string[]> {
  if (root === undefined) return new Map();
  const routes = routesFrom(root).map((route) => [route.name, mutedBy(route, now)] as const);
  // A rule with sinks of its own has the mute timings of the root.
  const ofRules = rules.rules
    .filter(({ sinks }) => sinks !== undefined)
    .map(({ name }) => [`rule:${name}`, mutedBy(root, now)] as const);
  return new Map([...routes, ...ofRules].filter(([, names]) => names.length > 0));
}

function routesFrom(route: Route): readonly Route[] {
  return [route, ...route.routes.flatMap(routesFrom)];
}

function mutedBy({ mute, active }: Route, now: number): readonly string[] {
  const isOutside = active.length > 0 && !active.some(({ interval }) => interval.isOn(now));
  const on = mute.filter(({ interval }) => interval.isOn(now));
  return [...(isOutside ? active : []), ...on].map(({ name }) => name);
}
