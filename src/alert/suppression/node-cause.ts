import { ObjectKey } from "../../event/index.ts";
import type { ObjectState } from "../../object/index.ts";
import type { Fact } from "../inquiry.ts";
import type { AlertState } from "../state.ts";

type NodeState = Extract<ObjectState, { readonly kind: "Node" }>;

/** By reason of an Event: whether the state of the node says the same. */
const CONFIRMED: ReadonlyMap<string, (node: NodeState) => boolean> = new Map([
  ["NodeNotReady", (node: NodeState) => !isTrue(node, "Ready")],
  ["NodeHasDiskPressure", (node: NodeState) => isTrue(node, "DiskPressure")],
  ["NodeHasInsufficientMemory", (node: NodeState) => isTrue(node, "MemoryPressure")],
  ["NodeHasInsufficientPID", (node: NodeState) => isTrue(node, "PIDPressure")],
  ["NodeNotSchedulable", (node: NodeState) => node.isUnschedulable],
]);

/** The key of the node that a cause is about; undefined when it is about something else. */
export function nodeOf({ labels }: Pick<AlertState, "labels">): string | undefined {
  const { cluster = "", kind = "", namespace = "", name = "" } = labels;
  return kind === "Node" && namespace === ""
    ? ObjectKey.format({ cluster, kind, namespace, name })
    : undefined;
}

/**
 * Whether the state of a node, newer than the Events about it, says that a cause is not so. A node that is gone is no
 * contradiction, and where nothing is known the Events count.
 */
export function isContradicted(
  { labels, lastSeenAt, openedAt }: Pick<AlertState, "labels" | "lastSeenAt" | "openedAt">,
  fact: Pick<Fact, "at" | "found"> | undefined,
): boolean {
  if (fact === undefined || typeof fact.found === "string" || fact.found.kind !== "Node") return false;
  if (fact.at < Math.max(lastSeenAt, openedAt)) return false;
  return CONFIRMED.get(labels["reason"] ?? "")?.(fact.found) === false;
}

function isTrue({ conditions }: NodeState, type: string): boolean {
  return conditions.some((condition) => condition.type === type && condition.status === "True");
}
