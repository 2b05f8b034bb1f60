import type { Silence } from "../../alert/index.ts";
import { RULE_LABEL } from "./api-labels.ts";
import { innerOf, type Matcher } from "./matcher.ts";

type Pattern = Silence["match"][string];
/** A pattern, and whether it must hold. */
type Part = readonly [isEqual: boolean, pattern: Pattern];

/** The name of a matcher that shows in words a pattern which no matcher can say. No alert has such a label. */
const IN_WORDS = "__tocsin__";

/** The matchers of a silence: exactly its patterns, where matchers can say them. */
export function toMatchers(match: Silence["match"]): readonly Matcher[] {
  return Object.entries(match).flatMap(([label, pattern]) => {
    const name = label === "rule" ? RULE_LABEL : label;
    const matchers = partsOf(pattern)?.map((part) => toMatcher(name, part));
    if (matchers?.every((matcher) => matcher !== undefined) === true) return matchers;
    const value = `${label}: ${JSON.stringify(pattern)}`;
    return [{ name: IN_WORDS, value, isRegex: false, isEqual: true }];
  });
}

function toMatcher(name: string, [isEqual, pattern]: Part): Matcher | undefined {
  if (isScalar(pattern)) return { name, value: String(pattern), isRegex: false, isEqual };
  const value = toRegex(pattern);
  return value === undefined ? undefined : { name, value, isRegex: true, isEqual };
}

/** The parts of a pattern that must all hold; undefined where it is none of such parts. */
function partsOf(pattern: Pattern): readonly Part[] | undefined {
  if (isScalar(pattern) || isList(pattern)) return [[true, pattern]];
  const parts = operatorsOf(pattern).map((operator) =>
    operator.not === undefined ? ([[true, operator]] as const) : opposite(operator.not),
  );
  return parts.some((each) => each === undefined) ? undefined : parts.flatMap((each) => each ?? []);
}

/** The parts that must all hold where the pattern does not. */
function opposite(pattern: Pattern): readonly Part[] | undefined {
  if (isScalar(pattern)) return [[false, pattern]];
  if (isList(pattern)) {
    const parts = pattern.map(opposite);
    return parts.some((each) => each === undefined) ? undefined : parts.flatMap((each) => each ?? []);
  }
  const operators = operatorsOf(pattern);
  const [only] = operators;
  if (only === undefined || operators.length > 1) return undefined;
  return only.not === undefined ? [[false, only]] : partsOf(only.not);
}

/** An RE2 expression over the whole value; undefined where there is none. */
function toRegex(pattern: Pattern): string | undefined {
  if (isScalar(pattern)) return quoted(String(pattern));
  if (isList(pattern)) {
    const regexes = pattern.map(toRegex);
    return regexes.some((each) => each === undefined) ? undefined : regexes.join("|");
  }
  const operators = operatorsOf(pattern);
  const [only] = operators;
  if (only === undefined || operators.length > 1) return undefined;
  if (only.regex !== undefined) return wholeOf(only.regex);
  if (only.contains !== undefined) return `${ANYTHING}${quoted(only.contains)}${ANYTHING}`;
  return only.like === undefined ? undefined : globRegex(only.like);
}

/** Any text, also one of several lines. */
const ANYTHING = "(?s:.*)";

/** An expression that was made of a matcher is that of the matcher; others are found anywhere in the value. */
function wholeOf(regex: string): string {
  return innerOf(regex) ?? `${ANYTHING}(?:${regex})${ANYTHING}`;
}

function globRegex(glob: string): string {
  return glob.replaceAll(/\*|\?|[^*?]+/gu, (part) => {
    if (part === "*") return ANYTHING;
    return part === "?" ? "(?s:.)" : quoted(part);
  });
}

function quoted(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/gu, String.raw`\$&`);
}

type Operators = Exclude<Pattern, string | number | boolean | readonly Pattern[]>;

/** One mapping for each operator of a mapping. */
function operatorsOf(pattern: Operators): readonly Operators[] {
  return Object.entries(pattern).flatMap(([key, value]) => (value === undefined ? [] : [{ [key]: value }]));
}

function isScalar(pattern: Pattern): pattern is string | number | boolean {
  return typeof pattern !== "object";
}

function isList(pattern: Pattern): pattern is readonly Pattern[] {
  return Array.isArray(pattern);
}
