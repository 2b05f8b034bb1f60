import { exactValue } from "./label-patterns.ts";

/** Labels by which an alert is notified from others; of each only those that it has. */
const SUBJECT = ["rule", "namespace", "workload"] as const;

/** Labels that the alerts have in common, of those by which people silence. */
export function commonLabels(
  alerts: readonly { readonly labels: Readonly<Record<string, string>> }[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    SUBJECT.flatMap((label) => {
      const values = new Set(alerts.map(({ labels }) => labels[label] ?? ""));
      const [value = ""] = values;
      return values.size === 1 && value !== "" ? [[label, value]] : [];
    }),
  );
}

/** Values of one label that a silence of several alerts names at most. */
const MOST_VALUES = 10;

/** What needs no care in a regular expression: names of Kubernetes and of rules. */
const NAME = /^[\w/-]+$/u;

/**
 * Labels that all these alerts have, as patterns of a new silence: one value, or a choice of a few. It may match others
 * as well; the form shows which. Empty where they have too little in common.
 */
export function coveringLabels(
  alerts: readonly { readonly labels: Readonly<Record<string, string>> }[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    SUBJECT.flatMap((label) => {
      const values = [...new Set(alerts.map(({ labels }) => labels[label] ?? ""))].toSorted();
      if (values.length === 0 || values.length > MOST_VALUES || values.includes("")) return [];
      const [only = ""] = values;
      if (values.length === 1) return [[label, exactValue(only)]];
      return values.every((value) => NAME.test(value)) ? [[label, `/^(${values.join("|")})$/`]] : [];
    }),
  );
}

/** The address of a new silence, as links in messages have it: `/silences?match=rule=crash-loop&match=…`. */
export function silenceHref(labels: Readonly<Record<string, string>>): string {
  return silencePatternsHref(
    Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, exactValue(value)])),
  );
}

/** The same for patterns as a person writes them. */
export function silencePatternsHref(patterns: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams();
  for (const [label, pattern] of Object.entries(patterns)) query.append("match", `${label}=${pattern}`);
  return `/silences?${query.toString()}`;
}

/** The labels that an address names, each with its pattern as a person writes it. */
export function silencedLabels(query: URLSearchParams): Readonly<Record<string, string>> {
  return Object.fromEntries(
    query.getAll("match").flatMap((pair) => {
      const at = pair.indexOf("=");
      return at <= 0 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]];
    }),
  );
}
