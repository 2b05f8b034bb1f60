import { ObjectKey } from "../../event/index.ts";
import { objectOfMember } from "../alert-objects.ts";
import type { Inquiry } from "../inquiry.ts";
import type { AlertState } from "../state.ts";

/** With this many pods of one node in a message the node itself may be the cause. */
const MANY = 3;

/** Nodes that are asked for before one message; those with the most pods. */
const MOST_NODES = 5;

/**
 * The nodes on which several pods of these alerts have the problem. Their key has no namespace, whatever the Events of
 * the pods say, so that only the API server tells how a node is.
 */
export function nodesToAsk(alerts: readonly AlertState[]): readonly Inquiry[] {
  const pods = new Map<string, Set<string>>();
  for (const { members } of alerts) {
    for (const { key, kind, node, clearedAt } of members) {
      if (kind !== "Pod" || node === "" || clearedAt !== undefined) continue;
      const pod = objectOfMember({ key });
      const { cluster } = ObjectKey.parse(pod);
      const object = ObjectKey.format({ cluster, kind: "Node", namespace: "", name: node });
      pods.set(object, (pods.get(object) ?? new Set()).add(pod));
    }
  }
  return [...pods]
    .filter(([, { size }]) => size >= MANY)
    .toSorted(([, a], [, b]) => b.size - a.size)
    .slice(0, MOST_NODES)
    .map(([object]) => ({ object, apiVersion: "v1", purpose: "tell" }));
}
