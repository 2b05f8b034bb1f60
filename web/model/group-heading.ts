import { type AlertGroup, type GroupBy } from "./group-alerts.ts";
import { countOf, countText } from "./numbers.ts";
import { spanText } from "./spans.ts";
import { namespaceText, subjectOf } from "./subject.ts";

/** Namespaces that a heading names at most. */
const MOST_NAMESPACES = 2;

/** The heading of a group. @param descriptions Of rules, by name. */
export function headingOf(
  { key, alerts }: AlertGroup,
  by: GroupBy,
  descriptions: ReadonlyMap<string, string>,
): string {
  const [first] = alerts;
  if (first === undefined) return key;
  const rule = ruleHeading(first.rule, descriptions);
  if (by === "rule") return rule;
  if (by === "node") return key === "" ? "On no node" : key;
  if (by !== "told") return key === "" ? "Without a workload" : key;
  if (key === "") return "Not sent yet";
  const rules = new Set(alerts.map((alert) => alert.rule));
  return rules.size === 1 ? rule : `${rule}, and ${countOf(rules.size - 1, "other rule")}`;
}

/** The description of a rule as a heading: without the full stop. */
export function ruleHeading(rule: string, descriptions: ReadonlyMap<string, string>): string {
  return descriptions.get(rule)?.replace(/\.$/u, "") || rule;
}

/** `3 alerts · 1,989× · payments, platform +1 · since 56 min`; empty for one alert, whose row says it. @param now Epoch milliseconds. */
export function groupFacts({ alerts }: AlertGroup, by: GroupBy, now: number): string {
  if (alerts.length === 1) return "";
  const occurrences = alerts.reduce((sum, alert) => sum + alert.occurrences, 0);
  const since = Math.min(...alerts.map(({ firstSeenAt }) => Date.parse(firstSeenAt)));
  return [
    countOf(alerts.length, "alert"),
    `${countText(occurrences)}×`,
    by === "namespace" || by === "workload" ? "" : namespacesOf(alerts),
    `since ${spanText(now - since)}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

function namespacesOf(alerts: AlertGroup["alerts"]): string {
  const all = [...new Set(alerts.map((alert) => namespaceText(subjectOf(alert).namespace)))].sort();
  const rest = all.length - MOST_NAMESPACES;
  return all.slice(0, MOST_NAMESPACES).join(", ") + (rest > 0 ? ` +${rest}` : "");
}
