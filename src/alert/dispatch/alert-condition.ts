import type { AlertState } from "../state.ts";

/** Whether people are told of an alert: its phase, and for one that fires why they are not, or that it comes and goes. */
export type AlertCondition = AlertState["phase"] | "inhibited" | "silenced" | "muted" | "flapping";

/** What is known of one of the groups that an alert is in. */
export interface GroupCondition {
  readonly isMuted: boolean;
  readonly isFlapping: boolean;
}

/** The first that holds: a cause, a silence, hours in all of its groups, a group that flaps. */
export function alertCondition(
  { phase }: Pick<AlertState, "phase">,
  held: { readonly isInhibited: boolean; readonly isSilenced: boolean },
  groups: readonly GroupCondition[],
): AlertCondition {
  if (phase !== "firing") return phase;
  if (held.isInhibited) return "inhibited";
  if (held.isSilenced) return "silenced";
  if (groups.length > 0 && groups.every(({ isMuted }) => isMuted)) return "muted";
  return groups.some(({ isFlapping }) => isFlapping) ? "flapping" : "firing";
}
