import { type ExporterRoute, type ExporterRule } from "./exporter-configuration.ts";
import { matchesPattern, rulePattern } from "./rule-pattern.ts";
import type { SeenEvent } from "./seen-event.ts";

/** The receivers that get an Event, each as often as the tool sends it there (pkg/exporter/route.go). */
export function exporterReceivers(route: ExporterRoute, seen: SeenEvent): readonly string[] {
  if (route.drop.some((rule) => fits(rule, seen))) return [];
  const fitting = route.match.filter((rule) => fits(rule, seen));
  const below = fitting.length === route.match.length ? route.routes : [];
  return [
    ...fitting.flatMap(({ receiver }) => (receiver === "" ? [] : [receiver])),
    ...below.flatMap((child) => exporterReceivers(child, seen)),
  ];
}

function fits({ fields, labels, annotations, minCount }: ExporterRule, seen: SeenEvent): boolean {
  return (
    seen.count >= minCount &&
    [...fields].every(([field, text]) => isFound(rulePattern(field, text), seen.fields[field])) &&
    hasAll(labels, seen.labels) &&
    hasAll(annotations, seen.annotations)
  );
}

function hasAll(wanted: ReadonlyMap<string, string>, given: Readonly<Record<string, string>>): boolean {
  return [...wanted].every(([key, text]) => {
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    return value !== undefined && isFound(rulePattern(undefined, text), value);
  });
}

function isFound({ spec }: ReturnType<typeof rulePattern>, value: string): boolean {
  return spec !== undefined && matchesPattern(spec, value);
}
