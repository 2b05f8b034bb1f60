import type { HoldQuestion } from "../hold-source.ts";
import type { GroupState } from "../state.ts";
import type { DispatchContext } from "./dispatch-context.ts";

/** The question for holds on the alerts of a group now. @param group Undefined: of no group. */
export function holdQuestion(
  { alerts, facts, routes, now }: Pick<DispatchContext, "alerts" | "facts" | "routes" | "now">,
  group: GroupState | undefined,
): HoldQuestion {
  const route = group === undefined ? undefined : routes.of(group);
  return { alerts, factOf: (object) => facts.get(object), route, now };
}
