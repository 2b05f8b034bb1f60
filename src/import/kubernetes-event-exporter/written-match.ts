import type { PatternSpec } from "../../expression/index.ts";
import { type Condition, conjunctionOf, type MatchOptions, type MatchTrouble } from "./conditions.ts";
import type { Delivery } from "./deliveries.ts";
import { matchesPattern } from "./rule-pattern.ts";

/** A mapping of `match`, as it is written. */
export type WrittenMapping = { readonly [field: string]: PatternSpec | WrittenMapping };

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
export function writtenMatch(delivery: Delivery, options: MatchOptions): WrittenMatch {
  const alternatives = delivery.any.map((entry) => conjunctionOf([...delivery.all, entry], options));
  const drops = delivery.drops.map((entry) => conjunctionOf([entry], options));
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

/** Conditions as a mapping of `match`. */
export function toMapping(conditions: readonly Condition[]): WrittenMapping {
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
