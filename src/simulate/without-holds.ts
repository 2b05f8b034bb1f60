import type { Policy, Route } from "../alert/index.ts";

/** The policy as if nobody had asked for quiet: without hours, silences and inhibition, for a look at a message. */
export function withoutHolds(policy: Policy): Policy {
  const { route } = policy;
  return { ...policy, inhibit: [], silences: [], route: route && atAnyHour(route) };
}

function atAnyHour(route: Route): Route {
  return { ...route, mute: [], active: [], routes: route.routes.map(atAnyHour) };
}
