import type { PatternSpec } from "../../expression/index.ts";
import type { Path } from "../place.ts";
import type { Delivery } from "./deliveries.ts";
import { type ExporterRule, RULE_FIELDS, type RuleField } from "./exporter-configuration.ts";
import { matchesPattern, rulePattern } from "./rule-pattern.ts";
import { variablesIn } from "./variables.ts";

/** A mapping of `match`, as it is written. */
export type WrittenMapping = { readonly [field: string]: PatternSpec | WrittenMapping };

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
  readonly kind: "invalid" | "variable";
  readonly path: Path;
  readonly text: string;
  readonly message: string;
}

/** Conditions of one way through the tree, which must all hold; undefined when they never can, or are not known. */
export interface Conjunction {
  readonly conditions: readonly Condition[] | undefined;
  readonly troubles: readonly MatchTrouble[];
}

/** A delivery as rules and forwards have it. */
export interface WrittenMatch {
  /** Alternatives, each a mapping; further ones on the same field stand in `when`. One rule or forward each list. */
  readonly parts: readonly WrittenPart[];
  readonly troubles: readonly MatchTrouble[];
}

/** The match of one rule or forward. */
export interface WrittenPart {
  readonly match: readonly WrittenMapping[];
  readonly except: readonly WrittenMapping[];
  /** CEL; "" for none. */
  readonly when: string;
}

/** The conditions of a delivery. No parts: it never delivers anything. */
export function writtenMatch(delivery: Delivery): WrittenMatch {
  const alternatives = delivery.any.map((entry) => conjunctionOf([...delivery.all, entry]));
  const drops = delivery.drops.map((entry) => conjunctionOf([entry]));
  const troubles = [...alternatives, ...drops].flatMap((each) => each.troubles);
  const exceptions = drops.flatMap(({ conditions }) => (conditions === undefined ? [] : [conditions]));
  const reachable = alternatives.flatMap(({ conditions }) =>
    conditions === undefined || exceptions.some((exception) => covers(exception, conditions))
      ? []
      : [conditions],
  );
  const except = unique(exceptions.map((conditions) => toMapping(conditions)));
  const parts = reachable.map((conditions) => partOf(conditions, except));
  const simple = parts.filter(({ when }) => when === "");
  const joined =
    simple.length === 0 ? [] : [{ match: unique(simple.flatMap(({ match }) => match)), except, when: "" }];
  return { parts: [...joined, ...parts.filter(({ when }) => when !== "")], troubles: once(troubles) };
}

/** All conditions of entries that must hold together. */
function conjunctionOf(entries: readonly ExporterRule[]): Conjunction {
  const conditions: Condition[] = [];
  const troubles: MatchTrouble[] = [];
  for (const entry of entries) {
    for (const { field, text, path, field_ } of textsOf(entry)) {
      const [variable] = variablesIn(text);
      const { spec, fault } = rulePattern(field_, text);
      if (variable !== undefined)
        troubles.push({
          kind: "variable",
          path,
          text,
          message: `the value of $${variable} is not known here`,
        });
      else if (spec === undefined) troubles.push({ kind: "invalid", path, text, message: fault });
      else conditions.push({ field: fieldOf(field_, field, spec), spec: present(field_, spec), text });
    }
    if (entry.minCount > 1)
      conditions.push({ field: ["count"], spec: { gte: entry.minCount }, text: undefined });
  }
  return { conditions: troubles.length > 0 ? undefined : conditions, troubles };
}

interface RuleText {
  readonly field: readonly string[];
  /** Undefined for labels and annotations. */
  readonly field_: RuleField | undefined;
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
      return text === undefined ? [] : [{ field: [], field_: field, text, path: [...path, field] }];
    }),
    ...maps.flatMap(([map, entries]) =>
      [...entries].map(([key, text]): RuleText => ({
        field: ["involvedObject", map, key],
        field_: undefined,
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

/** Whether an exception takes everything that these conditions take, as far as the patterns can tell. */
function covers(exception: readonly Condition[], conditions: readonly Condition[]): boolean {
  return exception.every((wide) =>
    conditions.some(
      (narrow) =>
        keyOf(narrow) === keyOf(wide) &&
        (JSON.stringify(narrow.spec) === JSON.stringify(wide.spec) ||
          (typeof narrow.spec === "string" && matchesPattern(wide.spec, narrow.spec))),
    ),
  );
}

function keyOf({ field }: Condition): string {
  return JSON.stringify(field);
}

/** Of two conditions on one field the first is a pattern, the other one CEL. */
function partOf(conditions: readonly Condition[], except: readonly WrittenMapping[]): WrittenPart {
  const byField = Map.groupBy(unique(conditions), keyOf);
  const firsts = [...byField.values()].flatMap(([first]) => (first === undefined ? [] : [first]));
  const others = [...byField.values()].flatMap(([, ...more]) => more);
  return { match: [toMapping(firsts)], except, when: others.map(toCel).join(" && ") };
}

function toMapping(conditions: readonly Condition[]): WrittenMapping {
  const mapping: Record<string, PatternSpec | Record<string, unknown>> = {};
  for (const { field, spec } of conditions) {
    let inner: Record<string, unknown> = mapping;
    for (const name of field.slice(0, -1)) inner = (inner[name] ??= {}) as Record<string, unknown>;
    inner[field.at(-1) ?? ""] = spec;
  }
  return mapping;
}

/** A condition as CEL over `event`. */
function toCel({ field, spec, text }: Condition): string {
  const isEntry = field[1] === "labels" || field[1] === "annotations";
  const value = isEntry
    ? `event.${field[0]}.${field[1]}[${JSON.stringify(field[2])}].default("")`
    : `event.${field.join(".")}`;
  if (text === undefined) return `${value} >= ${numberOf(spec)}`;
  const present = isEntry ? `${value} != "" && ` : "";
  return `${present}${value}.matches(${JSON.stringify(text)})`;
}

function numberOf(spec: PatternSpec): number {
  return typeof spec === "object" && "gte" in spec ? (spec.gte ?? 0) : 0;
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function once(troubles: readonly MatchTrouble[]): readonly MatchTrouble[] {
  return [...new Map(troubles.map((trouble) => [JSON.stringify(trouble.path), trouble])).values()];
}
