import { compilePattern, type CompiledPattern, PatternSpec } from "../../expression/index.ts";
import type { Fault } from "../../lib/schema.ts";
import { unknownName } from "../../lib/unknown-name.ts";
import { faultOfValue, type KnownLabels } from "./fault-of-value.ts";

/** Labels that hold plain names: a pattern written as a plain value is a mistake there, and is refused. */
const STRICT_LABELS: ReadonlySet<string> = new Set([
  "rule",
  "severity",
  "kind",
  "namespace",
  "reason",
  "type",
  "component",
]);

/** The schema of a pattern on the value of a label. */
export const LabelPattern = PatternSpec;

/** Label → pattern, as users write it. */
export type LabelMatchSpec = Readonly<Record<string, PatternSpec>>;

/** Compiled patterns on labels, all of which must hold; a missing label counts as "". */
export interface LabelMatch {
  readonly matches: (labels: Readonly<Record<string, string>>) => boolean;
  readonly faults: readonly Fault[];
}

/**
 * Compiles patterns on labels, and reports every fault and warning at once.
 *
 * @param path Path of the mapping in its document.
 */
export function compileLabelMatch(
  spec: LabelMatchSpec,
  known: KnownLabels,
  path: readonly (string | number)[],
): LabelMatch {
  const faults: Fault[] = [];
  const patterns: (readonly [string, CompiledPattern])[] = [];
  for (const [label, pattern] of Object.entries(spec)) {
    const at = [...path, label];
    if (!known.names.has(label)) {
      faults.push({
        level: "error",
        path: at,
        onKey: true,
        message: unknownName("label", label, known.names),
      });
    }
    const compiled = compilePattern(pattern, { strict: STRICT_LABELS.has(label) });
    faults.push(
      ...compiled.faults.map((fault): Fault => ({ level: "error", ...fault, path: [...at, ...fault.path] })),
    );
    if (compiled.value === undefined) continue;
    patterns.push([label, compiled.value]);
    for (const value of compiled.value.exact ?? []) {
      const fault = value === "" ? undefined : faultOfValue(label, value, known);
      if (fault !== undefined) faults.push({ ...fault, path: at });
    }
  }
  return {
    faults,
    matches: (labels) => patterns.every(([label, pattern]) => pattern.test(labels[label] ?? "")),
  };
}
