import { objectOfMember } from "../alert-objects.ts";
import { judgeMembers } from "../facts/judgement.ts";
import type { Standings } from "../message/to-notified.ts";
import type { NotifiedObject } from "../notification.ts";
import type { AlertState } from "../state.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { LONGEST_WAIT_MS } from "./gate.ts";
import { FRESH_MS } from "./inquiries.ts";

/**
 * Which members of an alert have the problem no more, although the alert goes on, and of how many objects nobody knows
 * it: a message asks about ten of an alert.
 */
export function standingsOf(
  { facts, policy, now }: Pick<DispatchContext, "facts" | "policy" | "now">,
  alert: AlertState,
): Standings {
  const over = new Map<string, NonNullable<NotifiedObject["over"]>>();
  for (const { key, clearedAt } of alert.members) if (clearedAt !== undefined) over.set(key, "event");
  if (!facts.asks || alert.phase === "resolved") return { over, unverified: 0 };
  const bench = { facts, inspected: policy.inspected, now };
  // An object that is gone stays so; one that was well a minute ago may not be.
  for (const { member, verdict } of judgeMembers(alert, bench).members) {
    if (verdict.kind === "gone") over.set(member.key, "deleted");
    if (verdict.kind === "replaced") over.set(member.key, "replaced");
  }
  const notBefore = now - FRESH_MS - LONGEST_WAIT_MS;
  const fresh = judgeMembers(alert, { ...bench, notBefore });
  const known = new Set<string>();
  const all = new Set<string>();
  for (const { member, verdict, at } of fresh.members) {
    if (verdict.kind === "healthy") over.set(member.key, "healthy");
    const object = objectOfMember(member);
    all.add(object);
    if (over.has(member.key) || at >= notBefore) known.add(object);
  }
  const unverified = all.size - known.size + alert.membersOmitted.length;
  return { over, unverified: known.size === 0 ? 0 : unverified };
}
