import { HOLDS } from "../hold.ts";
import type { NotifyReason, Trigger } from "../notification.ts";
import { hasFailedAgain, isAgain } from "../sent-alert.ts";
import type { GroupState, SentState } from "../state.ts";
import { isFlapping, settledAt } from "./flapping.ts";
import { partEndsAt } from "./part-ends.ts";
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
  const news = newsTrigger(view, told, group);
  if (news !== undefined) return { kind: "update", trigger: news };
  if (view.firing.some(isLasting)) return decideLasting(view, told, now, group);
  if (view.owed.length > 0)
    return now >= settledAt(group, view.owed) ? { kind: "resolved", trigger: "all-resolved" } : undefined;
  const left = group.moved && Object.keys(told.firing).length > 0 && view.firing.length === 0;
  return left ? { kind: "resolved", trigger: "moved" } : undefined;
}

/** The news of a group that the sink has; undefined without any. A flapping group says only once that it comes back. */
function newsTrigger(
  { firing, held }: View,
  told: SentState,
  { flapping }: Pick<GroupState, "flapping">,
): Trigger | undefined {
  if (firing.some((alert) => told.firing[alert.fingerprint] === undefined)) return "new-alert";
  const free = firing.filter((alert) => !held.has(alert));
  if (flapping !== true && free.some((alert) => isAgain(alert, told))) return "again";
  if (free.some((alert) => isWorse(alert.severity, told.firing[alert.fingerprint]?.severity)))
    return "severity";
  return free.some((alert) => hasFailedAgain(alert, told)) ? "failed-again" : undefined;
}

/** The message about a group that goes on without news. */
function decideLasting(
  { firing, held, meanwhile }: View,
  told: SentState,
  now: number,
  { flapping }: Pick<GroupState, "flapping">,
): NotifyReason | undefined {
  if (!firing.some((alert) => isLasting(alert) && !held.has(alert))) return undefined;
  if (now >= told.repeatAt) return { kind: "repeat", trigger: "repeat" };
  const isPartDue = flapping !== true && now >= (partEndsAt(meanwhile, told) ?? Infinity);
  return isPartDue ? { kind: "update", trigger: "ended-in-part" } : undefined;
}
