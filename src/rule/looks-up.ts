import type { CompiledRule } from "./compiled-rule.ts";
import type { Matcher } from "./matcher.ts";

/** What has to be looked up before an event can be matched or told: nothing of it stands in the event itself. */
export interface LooksUp {
  /** Labels or annotations of the object. */
  readonly objects: boolean;
  /** Labels of its namespace. */
  readonly namespaces: boolean;
}

/** Something that reads events by patterns and expressions. */
export type Reading = Pick<Matcher, "alternatives" | "exceptions" | "when"> & {
  readonly texts: readonly string[];
};

/** What these need to have looked up. */
export function looksUp(readings: readonly Reading[]): LooksUp {
  const paths = readings.flatMap(({ alternatives, exceptions }) =>
    [...alternatives, ...exceptions].flatMap(({ tests }) => tests.map(({ field }) => field.path)),
  );
  const sources = readings.flatMap(({ when, texts }) => [...texts, when?.source ?? ""]);
  return {
    objects:
      paths.some((path) => /^involvedObject\.(?:labels|annotations)\./u.test(path)) ||
      sources.some((source) => /\b(?:involvedObject|regarding)\.(?:labels|annotations)\b/u.test(source)),
    namespaces:
      paths.some((path) => path.startsWith("namespaceLabels.")) ||
      sources.some((source) => /\bnamespaceLabels\b/u.test(source)),
  };
}

/** The texts of a rule as they are written. */
export function textsOf({
  dashboard,
  identity,
  labels,
  runbook,
  text,
  title,
}: CompiledRule): readonly string[] {
  const own = [title, text, runbook, dashboard, ...labels.values()];
  const parts = identity.filter((part) => typeof part === "object");
  return [...own, ...parts].flatMap((each) => (each === undefined ? [] : [each.source]));
}
