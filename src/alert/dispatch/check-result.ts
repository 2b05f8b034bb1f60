import { judge } from "../facts/judgement.ts";
import type { CheckResult } from "../observer.ts";
import type { AlertState } from "../state.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { LONGEST_WAIT_MS } from "./gate.ts";
import { FRESH_MS, inquiriesAbout } from "./inquiries.ts";

/** The knowledge of the objects of a message about these alerts that is made now. */
export function checkResultOf(
  { facts, now }: Pick<DispatchContext, "facts" | "now">,
  alerts: readonly AlertState[],
): CheckResult {
  if (!facts.asks) return "unasked";
  const objects = inquiriesAbout(alerts, now).map(({ inquiry }) => inquiry.object);
  const isFresh = (at: number | undefined): boolean =>
    at !== undefined && at + FRESH_MS + LONGEST_WAIT_MS >= now;
  if (!objects.every((object) => isFresh(facts.answeredAt(object)))) return "late";
  return objects.every((object) => isFresh(facts.get(object)?.at)) ? "verified" : "unknown";
}

/** Whether the state of their objects says now of all these alerts that their problem goes on. */
export function isConfirmed(
  { facts, policy, now }: Pick<DispatchContext, "facts" | "policy" | "now">,
  alerts: readonly AlertState[],
): boolean {
  const bench = { facts, inspected: policy.inspected, notBefore: now - FRESH_MS - LONGEST_WAIT_MS, now };
  return facts.asks && alerts.every((alert) => judge(alert, bench).kind === "sick");
}
