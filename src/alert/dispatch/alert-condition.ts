import { HOLDS, type HoldReason } from "../hold.ts";
import type { AlertState } from "../state.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { holdQuestion } from "./hold-question.ts";
import { groupsOf } from "./membership.ts";

/**
 * The phase of an alert. For a firing alert that sends nothing, the hold that keeps it back; for one that comes and
 * goes, "flapping"; for one whose message waits for the state of its objects, "checking".
 */
export type AlertCondition =
  | AlertState["phase"]
  | (typeof HOLDS)[HoldReason]["condition"]
  | "flapping"
  | "checking";

/** All conditions. */
export const CONDITIONS: readonly AlertCondition[] = [
  "pending",
  "firing",
  "checking",
  ...Object.values(HOLDS).map(({ condition }) => condition),
  "flapping",
  "resolved",
];

/** How an alert stands in one of its groups. */
export interface GroupCondition {
  readonly heldBy: readonly HoldReason[];
  readonly isFlapping: boolean;
}

/** The condition of an alert now. Changes nothing. */
export function conditionOf(context: DispatchContext, alert: AlertState): AlertCondition {
  const groups = groupsOf(context, alert);
  // An alert without a group can be held back too.
  const conditions = (groups.length === 0 ? [undefined] : groups).map((group) => ({
    heldBy: context.holds.holdsOn(alert, holdQuestion(context, group)).map(({ reason }) => reason),
    isFlapping: group?.flapping === true,
  }));
  const condition = conditionFrom(alert.phase, conditions);
  return condition === "firing" && context.gate.isWaiting(alert.fingerprint) ? "checking" : condition;
}

/**
 * The condition of an alert that stands like this in its groups: it counts as held back when every group holds it back.
 *
 * @param groups 1 or more.
 */
export function conditionFrom(phase: AlertState["phase"], groups: readonly GroupCondition[]): AlertCondition {
  if (phase !== "firing") return phase;
  for (const [reason, { condition }] of Object.entries(HOLDS)) {
    if (groups.every(({ heldBy }) => heldBy.some((held) => held === reason))) return condition;
  }
  return groups.some(({ isFlapping }) => isFlapping) ? "flapping" : "firing";
}
