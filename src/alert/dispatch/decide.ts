import { HOLDS } from "../hold.ts";
import type { NotifyReason } from "../notification.ts";
import type { GroupState, SentState } from "../state.ts";
import { isFlapping, settledAt } from "./flapping.ts";
import { isLasting, isWorse, type View } from "./view.ts";

/**
 * Decides whether a sink gets a message about a group now (docs/design/alerting.md#conditions-of-a-message).
 * A group sends its end only when all of its alerts have ended. Points neither repeat nor end. An alert that is held
 * back causes no message; the end of the hold does. A flapping group sends its end only after it has settled.
 *
 * @param now Epoch milliseconds.
 */
export function decide(
  view: View,
  told: SentState | undefined,
  now: number,
  group: Pick<GroupState, "held" | "moved" | "ends" | "flapping">,
): NotifyReason | undefined {
  if (told === undefined) {
    if (view.firing.length === 0) return undefined;
    if (isFlapping(group, now)) return { kind: "firing", trigger: "flapping" };
    return { kind: "firing", trigger: group.held === undefined ? "first" : HOLDS[group.held].released };
  }
  if (view.firing.some((alert) => told.firing[alert.fingerprint] === undefined)) {
    return { kind: "update", trigger: "new-alert" };
  }
  const free = view.firing.filter((alert) => !view.held.has(alert));
  if (free.some((alert) => isWorse(alert.severity, told.firing[alert.fingerprint]?.severity))) {
    return { kind: "update", trigger: "severity" };
  }
  if (view.firing.some(isLasting))
    return now >= told.repeatAt && free.some(isLasting) ? { kind: "repeat", trigger: "repeat" } : undefined;
  if (view.owed.length > 0)
    return now >= settledAt(group, view.owed) ? { kind: "resolved", trigger: "all-resolved" } : undefined;
  const left = group.moved && Object.keys(told.firing).length > 0 && view.firing.length === 0;
  return left ? { kind: "resolved", trigger: "moved" } : undefined;
}
