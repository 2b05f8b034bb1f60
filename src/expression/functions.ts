import type { Environment as Engine } from "@marcbachmann/cel-js";

import { BoundedMap } from "../lib/bounded-map.ts";
import { formatDuration } from "../lib/duration.ts";
import { truncate } from "../lib/text.ts";
import type { Regex } from "./expression.ts";
import { createFormatTime } from "./format-time.ts";
import { compileRegex } from "./regex.ts";
import { toJson } from "./values.ts";

/** Patterns that an expression builds at run time, kept compiled; literal ones are few. */
const MOST_PATTERNS = 100;

/** Longest list made from a text: loops run over its members, and anybody can write the texts of Events. */
const MOST_PARTS = 100;

/** UTF-16 units of a text that `replace` makes: one with many short pieces would grow without end. */
const LONGEST_REPLACED = 16 * 1024;

/**
 * Functions of the engine that are unsafe with foreign texts and cannot be replaced; calls of them are renamed to ours.
 * `matches` runs on JavaScript's backtracking RegExp, `split` has no bound.
 */
export const SAFE_NAMES: ReadonlyMap<string, string> = new Map([
  ["matches", "re2_matches"],
  ["split", "bounded_split"],
]);

/**
 * Registers `matches` on RE2, `split` up to 100 parts, `upper`, `lower`, `replace`, `truncate`, `extract`, `ago`,
 * `format`, `json` and `default`.
 */
export function registerFunctions(engine: Engine, now: () => number | undefined): void {
  const formatTime = createFormatTime();
  const patterns = new BoundedMap<string, Regex>(MOST_PATTERNS);
  const regex = (source: string): Regex => {
    const known = patterns.get(source);
    if (known !== undefined) return known;
    const compiled = compileRegex(source);
    if (compiled.value === undefined) throw new Error(compiled.faults[0]?.message);
    patterns.set(source, compiled.value);
    return compiled.value;
  };
  const ago = (instant: Date): string => {
    const at = now();
    if (at === undefined) throw new Error("ago() is not available here: the time is not known");
    return `${formatDuration(at - instant.getTime())} ago`;
  };
  engine
    .registerFunction("string.re2_matches(string): bool", (text: string, source: string) =>
      regex(source).test(text),
    )
    .registerFunction("string.bounded_split(string): list<string>", (text: string, separator: string) =>
      split(text, separator, MOST_PARTS),
    )
    .registerFunction(
      "string.bounded_split(string, int): list<string>",
      (text: string, separator: string, limit: bigint) =>
        split(text, separator, limit < 0n || limit > MOST_PARTS ? MOST_PARTS : Number(limit)),
    )
    .registerFunction("string.extract(string): string", (text: string, source: string) =>
      regex(source).extract(text),
    )
    .registerFunction("string.upper(): string", (text: string) => text.toUpperCase())
    .registerFunction("string.lower(): string", (text: string) => text.toLowerCase())
    .registerFunction("string.replace(string, string): string", (text: string, from: string, to: string) =>
      replaceAll(text, from, to),
    )
    .registerFunction("string.truncate(int): string", (text: string, limit: bigint) =>
      truncate(text, Number(limit)),
    )
    .registerFunction("google.protobuf.Timestamp.ago(): string", ago)
    .registerFunction("string.ago(): string", (text: string) => {
      const instant = new Date(text);
      if (Number.isNaN(instant.getTime())) throw new Error(`ago() needs a time, not "${truncate(text, 40)}"`);
      return ago(instant);
    })
    .registerFunction("google.protobuf.Timestamp.format(string): string", (instant: Date, layout: string) =>
      formatTime(instant, layout, "UTC"),
    )
    .registerFunction(
      "google.protobuf.Timestamp.format(string, string): string",
      (instant: Date, layout: string, zone: string) => formatTime(instant, layout, zone),
    )
    .registerFunction("string(google.protobuf.Timestamp): string", (instant: Date) => instant.toISOString())
    .registerFunction("dyn.default(ast): dyn", createDefault);
  // The engine has one of bytes, so it takes none of every type.
  for (const type of ["string", "int", "double", "bool", "list", "map", "google.protobuf.Timestamp"])
    engine.registerFunction(`${type}.json(): string`, toJsonText);
}

/** Each piece that is equal to `from`, one after the other; the text is cut as soon as it is too long. */
function replaceAll(text: string, from: string, to: string): string {
  if (from === "") return text;
  let result = "";
  let at = 0;
  for (;;) {
    const next = text.indexOf(from, at);
    if (next === -1 || result.length > LONGEST_REPLACED) break;
    result += text.slice(at, next) + to;
    at = next + from.length;
  }
  return (result + text.slice(at)).slice(0, LONGEST_REPLACED);
}

function toJsonText(value: unknown): string {
  return JSON.stringify(toJson(value));
}

/** As in CEL: with more parts than `limit` the last one is the rest. */
function split(text: string, separator: string, limit: number): readonly string[] {
  if (limit === 0) return [];
  const parts = text.split(separator, limit);
  const used = parts.slice(0, limit - 1).reduce((sum, part) => sum + part.length + separator.length, 0);
  return parts.length < limit ? parts : [...parts.slice(0, limit - 1), text.slice(used)];
}

/** The part of a macro's argument that we use; the engine has no types for it. */
interface Checker {
  check(node: unknown, context: unknown): { readonly name: string };
  getType(name: string): { readonly name: string };
}
interface Evaluator {
  run(node: unknown, context: unknown): unknown;
}
interface DefaultCall {
  readonly receiver: unknown;
  readonly fallback: unknown;
}

/** `x.default(y)`: y where x is empty, null, or a missing key. Only a macro can catch a missing key. */
function createDefault(call: { readonly args: readonly unknown[]; readonly receiver: unknown }): unknown {
  return {
    receiver: call.receiver,
    fallback: call.args[0],
    typeCheck: (checker: Checker, macro: DefaultCall, context: unknown) => {
      const type = checker.check(macro.receiver, context);
      const other = checker.check(macro.fallback, context);
      return type.name === other.name ? type : checker.getType("dyn");
    },
    evaluate: (evaluator: Evaluator, macro: DefaultCall, context: unknown): unknown => {
      let value: unknown;
      try {
        value = evaluator.run(macro.receiver, context);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "no_such_key")) throw error;
      }
      return value === undefined || value === null || value === ""
        ? evaluator.run(macro.fallback, context)
        : value;
    },
  };
}
