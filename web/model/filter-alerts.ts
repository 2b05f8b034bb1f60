import type { AlertRow } from "./alert-row.ts";
import { type Mark, markOf } from "./mark.ts";

/** Which alerts a person wants to see; empty fields choose all. */
export interface AlertFilter {
  /** Words that all occur somewhere in the alert, in any case. */
  readonly text: string;
  readonly marks: readonly Mark[];
  /** `-` stands for alerts without a namespace. */
  readonly namespaces: readonly string[];
}

/** The name by which a filter knows alerts without a namespace: no namespace is called so. */
export const NO_NAMESPACE = "-";

/** The alerts that the filter chooses. */
export function filterAlerts(alerts: readonly AlertRow[], filter: AlertFilter): readonly AlertRow[] {
  const words = filter.text.toLowerCase().split(/\s+/u).filter(Boolean);
  return alerts.filter(
    (alert) =>
      (filter.marks.length === 0 || filter.marks.includes(markOf(alert))) &&
      (filter.namespaces.length === 0 || filter.namespaces.includes(namespaceKey(alert))) &&
      words.every((word) => haystackOf(alert).includes(word)),
  );
}

/** How many alerts each mark and each namespace would choose, the other parts of the filter given. */
export function countChoices(
  alerts: readonly AlertRow[],
  filter: AlertFilter,
): { readonly marks: ReadonlyMap<Mark, number>; readonly namespaces: ReadonlyMap<string, number> } {
  return {
    marks: countBy(filterAlerts(alerts, { ...filter, marks: [] }), markOf),
    namespaces: countBy(filterAlerts(alerts, { ...filter, namespaces: [] }), namespaceKey),
  };
}

function countBy<Key>(
  alerts: readonly AlertRow[],
  keyOf: (alert: AlertRow) => Key,
): ReadonlyMap<Key, number> {
  const counts = new Map<Key, number>();
  for (const alert of alerts) counts.set(keyOf(alert), (counts.get(keyOf(alert)) ?? 0) + 1);
  return counts;
}

function namespaceKey({ labels }: AlertRow): string {
  return labels["namespace"] || NO_NAMESPACE;
}

/** Everything of an alert that a word may be found in. Made once for each: thousands are searched at each key. */
const haystacks = new WeakMap<AlertRow, string>();

function haystackOf(alert: AlertRow): string {
  let haystack = haystacks.get(alert);
  if (haystack === undefined) {
    haystack = [alert.title, alert.message, alert.fingerprint, ...Object.values(alert.labels)]
      .join("\n")
      .toLowerCase();
    haystacks.set(alert, haystack);
  }
  return haystack;
}
