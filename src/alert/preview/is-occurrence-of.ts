import { type ClusterEvent, namespaceOf } from "../../event/index.ts";
import type { Policy } from "../policy.ts";
import type { AlertState } from "../state.ts";
import { subjectOf } from "../tracking/identity.ts";
import { fingerprintFor } from "../tracking/opening.ts";

/**
 * Whether an Event counts for an open alert by the rules of now: its rule matches it, and it is about one of the members
 * that the alert names. A condition of the rule on the state of the object counts as held: the member is proof of it.
 *
 * @param now Epoch milliseconds.
 */
export function isOccurrenceOf(
  { rule: name, fingerprint, members }: Pick<AlertState, "rule" | "fingerprint" | "members">,
  event: ClusterEvent,
  { policy, now }: { readonly policy: Policy; readonly now: number },
): boolean {
  const { kind, name: object, container } = event.involvedObject;
  const namespace = namespaceOf(event);
  const member = members.find(
    (each) =>
      each.name === object &&
      each.kind === kind &&
      each.namespace === namespace &&
      each.container === container,
  );
  if (member === undefined) return false;
  const rule = policy.rules.match(event).find((each) => each.name === name);
  if (rule === undefined) return false;
  const { workload, node } = member;
  const subject = subjectOf({ event, owners: [workload], node });
  const opening = { row: undefined, policy, now, onTextError: () => undefined };
  const plain = subjectOf({ event, owners: [], node });
  return [subject, plain].some((each) => fingerprintFor(rule, each, opening) === fingerprint);
}
