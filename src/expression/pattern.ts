import { z } from "zod";

import { strict } from "../lib/schema.ts";
import type { CompiledPattern } from "./expression.ts";
import { compileRegex, LONGEST_PATTERN, LONGEST_TEXT } from "./regex.ts";

type Scalar = string | number | boolean;

interface OperatorSpec {
  readonly like?: string | undefined;
  readonly regex?: string | undefined;
  readonly contains?: string | undefined;
  readonly not?: PatternSpec | undefined;
  readonly gt?: number | undefined;
  readonly gte?: number | undefined;
  readonly lt?: number | undefined;
  readonly lte?: number | undefined;
}

/** A pattern as users write it: a value, a list of patterns (any of them), or a mapping of operators (all of them). */
export type PatternSpec = Scalar | readonly PatternSpec[] | OperatorSpec;

const EXPECTED =
  "expected a value, a list of patterns, or a mapping of like, regex, contains, not, gt, gte, lt, lte";

/** The operators of a mapping, for schemas that add keys of their own beside them. */
export const operatorShape = {
  like: z.string().optional().describe("a glob over the whole value: `*` and `?`"),
  regex: z.string().optional().describe("an RE2 expression, found anywhere in the value"),
  contains: z.string().optional().describe("a part of the value"),
  get not(): z.ZodOptional<z.ZodType<PatternSpec>> {
    return PatternSpec.optional().describe("a pattern that does not hold");
  },
  gt: z.number().optional().describe("above this"),
  gte: z.number().optional().describe("this or above"),
  lt: z.number().optional().describe("below this"),
  lte: z.number().optional().describe("this or below"),
};

/** Checks the shape of a pattern; `compilePattern` checks its content. */
export const PatternSpec: z.ZodType<PatternSpec> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.array(PatternSpec).min(1), strict(operatorShape)], {
    error: (issue) =>
      issue.input === null ? `${EXPECTED}, but it is empty (write "" for the empty value)` : EXPECTED,
  }),
);

/** Properties of the field that a pattern is for. */
export interface PatternOptions {
  /** A scalar that looks like a pattern is a fault: Kubernetes writes no `* ? | ^ $` in this field. */
  readonly strict?: boolean;
  /** The values are numbers: only then `gt`, `gte`, `lt` and `lte` make sense. */
  readonly numeric?: boolean;
}

/** A fault inside a pattern. */
export interface PatternFault {
  /** From the root of the pattern: `["not", 0, "regex"]`. */
  readonly path: readonly (string | number)[];
  readonly offset?: number;
  readonly message: string;
}

/** Compiles a checked pattern; returns every fault at once. */
export function compilePattern(
  spec: PatternSpec,
  options: PatternOptions = {},
):
  | { readonly value: CompiledPattern; readonly faults: readonly [] }
  | { readonly value: undefined; readonly faults: readonly PatternFault[] } {
  const faults: PatternFault[] = [];
  const value = compile(spec, options, (path, message, offset) =>
    faults.push({ path, message, ...(offset === undefined ? {} : { offset }) }),
  );
  return faults.length === 0 ? { value, faults: [] } : { value: undefined, faults };
}

type Path = readonly (string | number)[];
type Report = (path: Path, message: string, offset?: number) => void;

function compile(spec: PatternSpec, options: PatternOptions, report: Report): CompiledPattern {
  if (isList(spec)) {
    return anyOf(
      spec.map((item, index) =>
        compile(item, options, (path, ...rest) => {
          report([index, ...path], ...rest);
        }),
      ),
    );
  }
  if (typeof spec === "object") return allOf(operators(spec, options, report));
  checkScalar(String(spec), options, report);
  return equality(String(spec));
}

function isList(spec: PatternSpec): spec is readonly PatternSpec[] {
  return Array.isArray(spec);
}

function checkScalar(value: string, options: PatternOptions, report: Report): void {
  if (options.numeric === true && Number.isNaN(Number(value))) {
    report([], `expected a number, not ${JSON.stringify(value)}`);
  }
  if (options.strict !== true || !/[*?|^$]/u.test(value)) return;
  const quoted = JSON.stringify(value);
  const list = value.includes("|") ? value.replaceAll(/[\^$()]/gu, "").split("|") : undefined;
  const instead =
    list === undefined
      ? `{ like: ${quoted} }, { regex: ${quoted} } or a list of values`
      : `a list, [${list.join(", ")}], or { like: … } or { regex: ${quoted} }`;
  report([], `${quoted} is compared as it stands, not as a pattern; write ${instead}`);
}

function equality(value: string): CompiledPattern {
  return {
    test: (candidate) => String(candidate) === value,
    text: value === "" ? '""' : value,
    exact: new Set([value]),
  };
}

function anyOf(patterns: readonly CompiledPattern[]): CompiledPattern {
  const text = patterns.map((pattern) => pattern.text).join(" | ");
  const exact = new Set<string>();
  for (const pattern of patterns) {
    if (pattern.exact === undefined) {
      const test = (value: string | number): boolean => patterns.some((each) => each.test(value));
      return { test, text, exact: undefined, ...firstSample(patterns, test) };
    }
    for (const value of pattern.exact) exact.add(value);
  }
  return { test: (value) => exact.has(String(value)), text, exact };
}

function allOf(patterns: readonly CompiledPattern[]): CompiledPattern {
  const [only] = patterns;
  if (only !== undefined && patterns.length === 1) return only;
  const test = (value: string | number): boolean => patterns.every((pattern) => pattern.test(value));
  const text = patterns.map((pattern) => pattern.text).join(" and ");
  return { test, text, exact: undefined, ...firstSample(patterns, test) };
}

/** The first example of these patterns that fits all of them together. */
function firstSample(
  patterns: readonly CompiledPattern[],
  test: CompiledPattern["test"],
): Pick<CompiledPattern, "sample"> {
  for (const { exact = [], sample } of patterns) {
    for (const value of [...exact, ...(sample === undefined ? [] : [sample])])
      if (test(value)) return { sample: value };
  }
  return {};
}

const COMPARISONS = {
  gt: { sign: ">", holds: (value: number, bound: number) => value > bound },
  gte: { sign: ">=", holds: (value: number, bound: number) => value >= bound },
  lt: { sign: "<", holds: (value: number, bound: number) => value < bound },
  lte: { sign: "<=", holds: (value: number, bound: number) => value <= bound },
} as const;

function operators(spec: OperatorSpec, options: PatternOptions, report: Report): CompiledPattern[] {
  const all: CompiledPattern[] = [];
  const add = (
    text: string,
    test: CompiledPattern["test"],
    example: Pick<CompiledPattern, "sample"> = {},
  ): void => {
    all.push({ test, text, exact: undefined, ...example });
  };
  if (spec.like !== undefined) {
    const glob = spec.like;
    if (glob.length > LONGEST_PATTERN) {
      report(["like"], `like is ${glob.length} characters long; at most ${LONGEST_PATTERN} are allowed`);
    }
    add(`like ${JSON.stringify(glob)}`, (value) => isLike(String(value).slice(0, LONGEST_TEXT), glob), {
      sample: glob.replaceAll(/[*?]/gu, "1"),
    });
  }
  if (spec.regex !== undefined) {
    const compiled = compileRegex(spec.regex);
    for (const { message, offset } of compiled.faults) report(["regex"], message, offset);
    add(`regex ${JSON.stringify(spec.regex)}`, (value) => compiled.value?.test(String(value)) === true);
  }
  if (spec.contains !== undefined) {
    const part = spec.contains;
    add(`contains ${JSON.stringify(part)}`, (value) => String(value).includes(part), { sample: part });
  }
  if (spec.not !== undefined) {
    const inner = compile(spec.not, options, (path, ...rest) => {
      report(["not", ...path], ...rest);
    });
    const text = isList(spec.not) && spec.not.length > 1 ? `not (${inner.text})` : `not ${inner.text}`;
    add(text, (value) => !inner.test(value));
  }
  for (const key of ["gt", "gte", "lt", "lte"] as const) {
    const bound = spec[key];
    if (bound === undefined) continue;
    if (options.numeric !== true) report([key], `${key} compares numbers, and this field is a text`);
    const { sign, holds } = COMPARISONS[key];
    add(`${sign} ${bound}`, (value) => holds(Number(value), bound));
  }
  if (isEmptyRange(spec)) report([], "no number is in this range");
  if (all.length === 0) report([], EXPECTED);
  return all;
}

function isEmptyRange({
  gt = -Infinity,
  gte = -Infinity,
  lt = Infinity,
  lte = Infinity,
}: OperatorSpec): boolean {
  const [low, high] = [Math.max(gt, gte), Math.min(lt, lte)];
  return low > high || (low === high && (gt === low || lt === high));
}

/** Whether the glob matches the whole value. Greedy with one point of return, so at most length × length steps. */
function isLike(value: string, glob: string): boolean {
  let [v, g, star, mark] = [0, 0, -1, 0];
  while (v < value.length) {
    if (glob[g] === "*") [star, mark, g] = [g, v, g + 1];
    else if (g < glob.length && (glob[g] === "?" || glob[g] === value[v])) [v, g] = [v + 1, g + 1];
    else if (star >= 0) [mark, v, g] = [mark + 1, mark + 1, star + 1];
    else return false;
  }
  while (glob[g] === "*") g++;
  return g === glob.length;
}
