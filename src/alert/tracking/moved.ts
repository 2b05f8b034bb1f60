import type { CompiledRule } from "../../rule/index.ts";
import { changed } from "../kept-alert.ts";
import type { AlertState } from "../state.ts";
import { fingerprintOf } from "./identity.ts";

/**
 * The alert under the workload that owns its objects, as has become known: with another fingerprint, and without
 * groups.
 *
 * @param owner.from Its workload until now, `Kind/name`.
 */
export function movedTo(
  alert: AlertState,
  rule: CompiledRule,
  owner: { readonly from: string; readonly workload: string },
): AlertState {
  const { from, workload } = owner;
  const identity = alert.identity.map((value, index) =>
    rule.identity[index] === "workload" ? workload : value,
  );
  return changed(alert, {
    fingerprint: fingerprintOf(alert.event.cluster, alert.rule, identity),
    identity,
    labels: { ...alert.labels, workload },
    members: alert.members.map((member) => (member.workload === from ? { ...member, workload } : member)),
    destinations: [],
    firstLookAt: undefined,
  });
}
