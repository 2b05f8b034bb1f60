import { type ClusterEvent, OWN_COMPONENT } from "../event/index.ts";
import type { Condition, PatternSpec } from "../expression/index.ts";
import { canonicalPath, MAP_FIELDS, mapEntry, MATCH_FIELDS } from "./fields.ts";
import { type Profile, profileOf } from "./profile.ts";
import type { Path, Report } from "./report.ts";
import type { MatchMapping, MatchSpec } from "./rule-spec.ts";
import type { FieldTest, TestCompiler, WrittenTest } from "./test-compiler.ts";

/** One mapping: all its tests must hold. Cheap tests come first. */
export interface Alternative {
  readonly path: Path;
  readonly tests: readonly FieldTest[];
  readonly profile: Profile;
  readonly matches: (event: ClusterEvent) => boolean;
}

/** Collaborators of `compileMatch`. */
export interface MatchCompiling {
  readonly tests: TestCompiler;
  readonly report: Report;
}

/** Compiles one mapping and reports all faults. */
export function compileMapping(
  mapping: Readonly<MatchMapping>,
  path: Path,
  { tests: compiler, report }: MatchCompiling,
): Alternative {
  const tests: FieldTest[] = [];
  const seen = new Map<string, string>();
  for (const leaf of leavesOf(mapping, { path, within: [], written: "", report })) {
    const twin = seen.get(leaf.field.path);
    if (twin !== undefined) {
      report.error({
        path: [...path, ...leaf.within],
        onKey: true,
        message: `"${twin}" and "${leaf.written}" are the same field; give one of them`,
      });
      continue;
    }
    seen.set(leaf.field.path, leaf.written);
    const compiled = compiler.compile(leaf);
    if ("check" in compiled) tests.push(compiled);
    else
      for (const fault of compiled.faults)
        report.error({ ...fault, path: [...path, ...leaf.within, ...fault.path] });
  }
  return toAlternative(path, tests);
}

/** Compiles a mapping or a list of them. */
export function compileMatch(spec: MatchSpec, path: Path, compiling: MatchCompiling): readonly Alternative[] {
  return Array.isArray(spec)
    ? spec.map((mapping, index) => compileMapping(mapping, [...path, index], compiling))
    : [compileMapping(spec, path, compiling)];
}

/** A place inside a mapping. */
interface Place {
  /** Of the mapping. */
  readonly path: Path;
  readonly within: Path;
  /** `involvedObject.`; "" for the mapping itself. */
  readonly written: string;
  readonly report: Report;
}

/** The leaves of a mapping. A bare pattern under `source` is one on the component. */
function leavesOf(mapping: object, place: Place): WrittenTest[] {
  return Object.entries(mapping).flatMap(([key, value]: [string, unknown]): WrittenTest[] => {
    if (value === undefined) return [];
    const within = [...place.within, key];
    const written = `${place.written}${key}`;
    const long = canonicalPath(written);
    const field = MATCH_FIELDS.get(long);
    // MatchSpec checked the shape of this value: a pattern at a field, mappings elsewhere.
    if (field !== undefined) return [{ field, spec: value as PatternSpec, written, within }];
    const map = MAP_FIELDS.get(long);
    if (map !== undefined) {
      return Object.entries(value as Readonly<Record<string, PatternSpec>>).map(([name, spec]) => ({
        field: mapEntry(map, name),
        spec,
        written: `${written}.${name}`,
        within: [...within, name],
      }));
    }
    if (long === "source") return sourceLeaves(value, { ...place, within });
    return leavesOf(value as object, { ...place, within, written: `${written}.` });
  });
}

function sourceLeaves(value: unknown, place: Place): WrittenTest[] {
  const component = MATCH_FIELDS.get("source.component");
  const keys = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  const named = keys.filter((key) => key === "component" || key === "host");
  if (named.length > 0 && named.length < keys.length) {
    place.report.error({
      path: [...place.path, ...place.within],
      message: "expected either component and host, or a pattern on the component",
    });
    return [];
  }
  // A mapping with component or host has nothing else; anything else is a pattern.
  if (named.length > 0) return leavesOf(value as object, { ...place, written: "source." });
  return component === undefined
    ? []
    : [{ field: component, spec: value as PatternSpec, written: "source", within: place.within }];
}

/** Tests of one mapping, ready for events. */
export function toAlternative(path: Path, tests: readonly FieldTest[]): Alternative {
  const ordered = tests.toSorted((a, b) => cost(a) - cost(b));
  const named = tests.some(
    ({ field, pattern }) => field.path === "source.component" && pattern.exact?.has(OWN_COMPONENT) === true,
  );
  return {
    path,
    tests: ordered,
    profile: profileOf(tests),
    matches: (event) => {
      for (const { check } of ordered) if (!check(event)) return false;
      return named || event.source.component !== OWN_COMPONENT;
    },
  };
}

function cost({ field, pattern }: FieldTest): number {
  return field.cost * 2 + (pattern.exact === undefined ? 1 : 0);
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
