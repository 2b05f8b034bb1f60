import { joinKey } from "../../lib/joined-key.ts";
import type { InhibitRule } from "../policy.ts";
import type { AlertState } from "../state.ts";

type Labels = AlertState["labels"];

/**
 * The key of a cause: rule, cluster, node and equal labels. A cause holds back the alerts that have the same key. The
 * cluster is always part of it: an alert of one cluster is never the cause of an alert of another.
 */
export function keyOfSource({ name, equal, equalNode }: InhibitRule, labels: Labels): string {
  return keyOf(name, equal, labels, equalNode ? (labels["node"] ?? "") : "");
}

/**
 * The keys of the causes that must all exist to hold an alert back. Empty when a node of the alert is unknown: then no
 * cause holds it back.
 */
export function keysOfTarget({ name, equal, equalNode }: InhibitRule, alert: AlertState): readonly string[] {
  if (!equalNode) return [keyOf(name, equal, alert.labels, "")];
  const open = alert.members.filter(({ clearedAt }) => clearedAt === undefined);
  const nodes = new Set(open.map(({ node }) => node));
  return nodes.has("") ? [] : [...nodes].map((node) => keyOf(name, equal, alert.labels, node));
}

function keyOf(name: string, equal: readonly string[], labels: Labels, node: string): string {
  return joinKey([name, labels["cluster"] ?? "", node, ...equal.map((label) => labels[label] ?? "")]);
}
