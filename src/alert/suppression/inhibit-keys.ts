import type { InhibitRule } from "../policy.ts";
import type { AlertState } from "../state.ts";

type Labels = AlertState["labels"];

/** What says that a cause is of the same place as a consequence; equal keys, equal places. */
export function keyOfSource({ name, equal, equalNode }: InhibitRule, labels: Labels): string {
  return keyOf(name, equal, labels, equalNode ? (labels["node"] ?? "") : "");
}

/**
 * The keys of the causes that must all be there to hold an alert back; none when its nodes are not known, for what is
 * not known holds nothing back.
 */
export function keysOfTarget({ name, equal, equalNode }: InhibitRule, alert: AlertState): readonly string[] {
  if (!equalNode) return [keyOf(name, equal, alert.labels, "")];
  const open = alert.members.filter(({ clearedAt }) => clearedAt === undefined);
  const nodes = new Set(open.map(({ node }) => node));
  return nodes.has("") ? [] : [...nodes].map((node) => keyOf(name, equal, alert.labels, node));
}

function keyOf(name: string, equal: readonly string[], labels: Labels, node: string): string {
  return [name, node, ...equal.map((label) => labels[label] ?? "")].join("\0");
}
