import type { PatternSpec } from "../../expression/index.ts";
import type { Path } from "../place.ts";
import { variablesIn } from "../variables.ts";
import { type ExporterRule, RULE_FIELDS, type RuleField } from "./exporter-configuration.ts";
import { matchesPattern, rulePattern } from "./rule-pattern.ts";
import { tidyPattern } from "./tidy-pattern.ts";

/** One condition on one field. */
export interface Condition {
  /** The field in its long form; the key of a label is its last part. */
  readonly field: readonly string[];
  readonly spec: PatternSpec;
  /** The expression of the tool; undefined for a count. */
  readonly text: string | undefined;
}

/** A reason why an entry, or a part of it, is not written. */
export interface MatchTrouble {
  /** The expression does not compile, its value is not known, or labels are not looked up. */
  readonly kind: "invalid" | "variable" | "no-look-up";
  readonly path: Path;
  readonly text: string;
}

/** Conditions of one way through the tree, which must all hold; undefined when they never can, or are not known. */
export interface Conjunction {
  readonly conditions: readonly Condition[] | undefined;
  readonly troubles: readonly MatchTrouble[];
}

/** How conditions are written. */
export interface MatchOptions {
  /** Expressions that are lists of words become lists. */
  readonly tidy: boolean;
  /** Whether the tool looked objects up: without that, conditions on labels never held. */
  readonly looksUp: boolean;
}

/** All conditions of entries that must hold together. */
export function conjunctionOf(entries: readonly ExporterRule[], options: MatchOptions): Conjunction {
  const conditions: Condition[] = [];
  const troubles: MatchTrouble[] = [];
  for (const entry of entries) {
    for (const each of textsOf(entry)) {
      const condition = conditionOf(each, options);
      if ("kind" in condition) troubles.push(condition);
      else conditions.push(condition);
    }
    if (entry.minCount > 1)
      conditions.push({ field: ["count"], spec: { gte: entry.minCount }, text: undefined });
  }
  return { conditions: troubles.length > 0 ? undefined : conditions, troubles };
}

function conditionOf(
  { name, field, text, path }: RuleText,
  { tidy, looksUp }: MatchOptions,
): Condition | MatchTrouble {
  if (name === undefined && !looksUp) return { kind: "no-look-up", path, text };
  if (variablesIn(text).length > 0) return { kind: "variable", path, text };
  const { spec } = rulePattern(name, text);
  if (spec === undefined) return { kind: "invalid", path, text };
  const written = (tidy ? tidyPattern(name, text) : undefined) ?? spec;
  return { field: fieldOf(name, field, written), spec: present(name, written), text };
}

interface RuleText {
  readonly field: readonly string[];
  /** Undefined for labels and annotations. */
  readonly name: RuleField | undefined;
  readonly text: string;
  readonly path: Path;
}

function textsOf({ fields, labels, annotations, path }: ExporterRule): readonly RuleText[] {
  const maps = [
    ["labels", labels],
    ["annotations", annotations],
  ] as const;
  return [
    ...RULE_FIELDS.flatMap((field): readonly RuleText[] => {
      const text = fields.get(field);
      return text === undefined ? [] : [{ field: [], name: field, text, path: [...path, field] }];
    }),
    ...maps.flatMap(([map, entries]) =>
      [...entries].map(([key, text]): RuleText => ({
        field: ["involvedObject", map, key],
        name: undefined,
        text,
        path: [...path, map, key],
      })),
    ),
  ];
}

const FIELDS: Readonly<Record<Exclude<RuleField, "namespace">, readonly string[]>> = {
  message: ["message"],
  apiVersion: ["involvedObject", "apiVersion"],
  kind: ["involvedObject", "kind"],
  reason: ["reason"],
  type: ["type"],
  component: ["source", "component"],
  host: ["source", "host"],
};

/** Namespaces where Events of objects without a namespace lie; the tool compares that of the Event. */
const OF_CLUSTER_OBJECTS = ["", "default", "kube-system"];

function fieldOf(
  name: RuleField | undefined,
  field: readonly string[],
  spec: PatternSpec,
): readonly string[] {
  if (name === undefined) return field;
  if (name !== "namespace") return FIELDS[name];
  return OF_CLUSTER_OBJECTS.some((namespace) => matchesPattern(spec, namespace))
    ? ["metadata", "namespace"]
    : ["namespace"];
}

/** In the tool a label that is not there matches nothing, not even the empty text. */
function present(name: RuleField | undefined, spec: PatternSpec): PatternSpec {
  if (name !== undefined || !matchesPattern(spec, "")) return spec;
  if (Array.isArray(spec)) return spec.map((one: PatternSpec) => present(name, one));
  return isOperators(spec) ? { ...spec, not: "" } : { not: "" };
}

function isOperators(
  spec: PatternSpec,
): spec is Exclude<PatternSpec, readonly unknown[] | string | number | boolean> {
  return typeof spec === "object" && !Array.isArray(spec);
}
