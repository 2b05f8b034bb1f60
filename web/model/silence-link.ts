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

/** The address of a new silence, as links in messages have it: `/silences?match=rule=crash-loop&match=…`. */
export function silenceHref(labels: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams();
  for (const [label, value] of Object.entries(labels)) query.append("match", `${label}=${exactValue(value)}`);
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
