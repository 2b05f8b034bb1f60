import type { AlertRow } from "./alert-row.ts";
import { byMark, type Mark, markOf } from "./mark.ts";
import { namespaceText } from "./subject.ts";

/** By what alerts are put together on the page. `told`: as their messages are. */
export type GroupBy = "rule" | "told" | "namespace" | "workload" | "node";

/** All ways of grouping, with their words. */
export const GROUPINGS: Readonly<Record<GroupBy, string>> = {
  rule: "rule",
  told: "message",
  namespace: "namespace",
  workload: "workload",
  node: "node",
};

/** Alerts that share a heading. */
export interface AlertGroup {
  /** Unique among the groups of one grouping. */
  readonly key: string;
  /** The worst of its alerts. */
  readonly mark: Mark;
  /** The worst first, then the oldest. */
  readonly alerts: readonly AlertRow[];
}

/**
 * Alerts in groups: those that fire by severity, then those that nobody has seen to, then by number; the order among equals is that of the keys. Nothing
 * in it depends on when an alert was last seen, so that groups keep their place while they count.
 */
export function groupAlerts(alerts: readonly AlertRow[], by: GroupBy): readonly AlertGroup[] {
  return [...Map.groupBy(alerts, (alert) => keyOf(alert, by))]
    .map(([key, members]) => toGroup(key, members))
    .sort(byWeight);
}

function toGroup(key: string, members: readonly AlertRow[]): AlertGroup {
  const alerts = members.toSorted(
    (a, b) =>
      byMark(placeOf(a), placeOf(b)) ||
      compare(a.openedAt, b.openedAt) ||
      compare(a.fingerprint, b.fingerprint),
  );
  const [worst] = alerts;
  return { key, mark: worst === undefined ? "resolved" : placeOf(worst), alerts };
}

function placeOf(alert: AlertRow): Mark {
  return alert.placedAs ?? markOf(alert);
}

function byWeight(a: AlertGroup, b: AlertGroup): number {
  return (
    byMark(a.mark, b.mark) ||
    Number(isHeldBack(a)) - Number(isHeldBack(b)) ||
    b.alerts.length - a.alerts.length ||
    compare(a.key, b.key)
  );
}

/** Whether somebody, or a cause of its own, has seen to all of it. */
function isHeldBack({ alerts }: AlertGroup): boolean {
  return alerts.every(({ condition }) => condition !== null && HELD.has(condition));
}

const HELD: ReadonlySet<string> = new Set(["silenced", "muted", "inhibited"]);

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function keyOf({ rule, labels, groups }: AlertRow, by: GroupBy): string {
  switch (by) {
    case "rule":
      return rule;
    case "told":
      return groups[0]?.key ?? "";
    case "namespace":
      return namespaceText(labels["namespace"] ?? "");
    case "workload":
      return [labels["namespace"], labels["workload"]].filter(Boolean).join(" · ");
    case "node":
      return labels["node"] ?? "";
  }
}
