import { type ClusterEvent, OWN_COMPONENT } from "../event/index.ts";
import {
  type CompiledPattern,
  compilePattern,
  type Condition,
  type PatternSpec,
} from "../expression/index.ts";
import { canonicalPath, MAP_FIELDS, mapEntry, MATCH_FIELDS, type MatchField } from "./fields.ts";
import type { Path, Report } from "./report.ts";
import type { MatchMapping, MatchSpec } from "./rule-spec.ts";

/** One field of a mapping with its pattern. */
export interface FieldTest {
  readonly field: MatchField;
  readonly spec: PatternSpec;
  readonly pattern: CompiledPattern;
  /** Its path in the mapping, as the user wrote it: `involvedObject.kind`. */
  readonly written: string;
  readonly path: Path;
}

/** One mapping: all its tests must hold. Cheap tests come first. */
export interface Alternative {
  readonly path: Path;
  readonly tests: readonly FieldTest[];
  readonly matches: (event: ClusterEvent) => boolean;
}

/** Compiles one mapping and reports all faults. */
export function compileMapping(mapping: Readonly<MatchMapping>, path: Path, report: Report): Alternative {
  const tests: FieldTest[] = [];
  const seen = new Map<string, string>();
  for (const leaf of leavesOf(mapping, path, report)) {
    const twin = seen.get(leaf.field.path);
    if (twin !== undefined) {
      report.error({
        path: leaf.path,
        onKey: true,
        message: `"${twin}" and "${leaf.written}" are the same field; give one of them`,
      });
      continue;
    }
    seen.set(leaf.field.path, leaf.written);
    const { strict, numeric } = leaf.field;
    const compiled = compilePattern(leaf.spec, { strict, numeric });
    for (const fault of compiled.faults) {
      report.error({ ...fault, path: [...leaf.path, ...fault.path] });
    }
    if (compiled.value !== undefined) tests.push({ ...leaf, pattern: compiled.value });
  }
  return toAlternative(path, tests);
}

/** Compiles a mapping or a list of them. */
export function compileMatch(spec: MatchSpec, path: Path, report: Report): readonly Alternative[] {
  return Array.isArray(spec)
    ? spec.map((mapping, index) => compileMapping(mapping, [...path, index], report))
    : [compileMapping(spec, path, report)];
}

type Leaf = Omit<FieldTest, "pattern">;

/** The leaves of a mapping. A bare pattern under `source` is one on the component. */
function leavesOf(mapping: object, path: Path, report: Report, prefix = ""): Leaf[] {
  return Object.entries(mapping).flatMap(([key, value]: [string, unknown]): Leaf[] => {
    if (value === undefined) return [];
    const at = [...path, key];
    const written = `${prefix}${key}`;
    const long = canonicalPath(written);
    const field = MATCH_FIELDS.get(long);
    // MatchSpec checked the shape of this value: a pattern at a field, mappings elsewhere.
    if (field !== undefined) return [{ field, spec: value as PatternSpec, written, path: at }];
    const map = MAP_FIELDS.get(long);
    if (map !== undefined) {
      return Object.entries(value as Readonly<Record<string, PatternSpec>>).map(([name, spec]) => ({
        field: mapEntry(map, name),
        spec,
        written: `${written}.${name}`,
        path: [...at, name],
      }));
    }
    if (long === "source") return sourceLeaves(value, at, report);
    return leavesOf(value as object, at, report, `${written}.`);
  });
}

function sourceLeaves(value: unknown, path: Path, report: Report): Leaf[] {
  const component = MATCH_FIELDS.get("source.component");
  const keys = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  const named = keys.filter((key) => key === "component" || key === "host");
  if (named.length > 0 && named.length < keys.length) {
    report.error({ path, message: "expected either component and host, or a pattern on the component" });
    return [];
  }
  // A mapping with component or host has nothing else; anything else is a pattern.
  if (named.length > 0) return leavesOf(value as object, path, report, "source.");
  return component === undefined
    ? []
    : [{ field: component, spec: value as PatternSpec, written: "source", path }];
}

/** Tests of one mapping, ready for events. */
export function toAlternative(path: Path, tests: readonly FieldTest[]): Alternative {
  const ordered = tests.toSorted((a, b) => cost(a) - cost(b));
  const checks = ordered.map(toCheck);
  const named = tests.some(
    ({ field, pattern }) => field.path === "source.component" && pattern.exact?.has(OWN_COMPONENT) === true,
  );
  return {
    path,
    tests: ordered,
    matches: (event) => {
      for (const check of checks) if (!check(event)) return false;
      return named || event.source.component !== OWN_COMPONENT;
    },
  };
}

function cost({ field, pattern }: FieldTest): number {
  return field.cost * 2 + (pattern.exact === undefined ? 1 : 0);
}

function toCheck({ field, pattern }: FieldTest): (event: ClusterEvent) => boolean {
  const { read } = field;
  const { exact } = pattern;
  if (exact === undefined || field.numeric) return (event) => pattern.test(read(event));
  const [only] = exact;
  // The field is not numeric, so its value is a string.
  if (exact.size === 1) return (event) => read(event) === only;
  return (event) => exact.has(read(event) as string);
}

/** A whole match: any alternative, none of the exceptions, and the condition. */
export interface Matcher {
  readonly alternatives: readonly Alternative[];
  readonly exceptions: readonly Alternative[];
  readonly when: EventCondition | undefined;
  /** @param onConditionFailed Called when the condition fails instead of answering; the event does not match then. */
  readonly matches: (event: ClusterEvent, onConditionFailed?: () => void) => boolean;
}

/** A compiled `when`. */
export interface EventCondition {
  readonly source: Condition["source"];
  /** @throws {TocsinError} ERR_EXPRESSION_INVALID when the condition fails. */
  readonly holds: (event: ClusterEvent) => boolean;
}

/** Puts the parts of a match together. A condition that fails at run time does not hold. */
export function toMatcher(parts: Pick<Matcher, "alternatives" | "exceptions" | "when">): Matcher {
  const { alternatives, exceptions, when } = parts;
  const [single] = alternatives;
  const matchesAny =
    single !== undefined && alternatives.length === 1
      ? single.matches
      : (event: ClusterEvent) => alternatives.some((alternative) => alternative.matches(event));
  return {
    ...parts,
    matches: (event, onConditionFailed) =>
      matchesAny(event) &&
      !exceptions.some((exception) => exception.matches(event)) &&
      (when === undefined || holds(when, event, onConditionFailed)),
  };
}

/** A failed condition does not hold. */
function holds(when: EventCondition, event: ClusterEvent, onFailed: (() => void) | undefined): boolean {
  try {
    return when.holds(event);
  } catch {
    onFailed?.();
    return false;
  }
}
