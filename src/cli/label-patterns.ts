import { TocsinError } from "../lib/errors.ts";
import { exactValue, quotedValue } from "../lib/exact-value.ts";

/**
 * Parses `KEY=PATTERN`, `KEY!=PATTERN` of a command line to the configuration's form: a plain value is equality, one
 * with `*` or `?` is `like`, one between slashes is `regex`, and one in the quotes of JSON is equality whatever it holds. A repeated key must hold as well.
 *
 * @throws {TocsinError} ERR_USAGE for anything else.
 */
export function parseLabelPatterns(texts: readonly string[]): Readonly<Record<string, unknown>> {
  const match: Record<string, unknown> = {};
  for (const text of texts) {
    const [, key = "", operator = "", value = ""] = /^(\w+)(!?=)(.*)$/su.exec(text) ?? [];
    if (key === "")
      throw new TocsinError(
        "ERR_USAGE",
        `--match: expected KEY=PATTERN such as namespace=shop, not ${JSON.stringify(text)}`,
      );
    if (key in match)
      throw new TocsinError("ERR_USAGE", `--match: ${key} stands twice; one pattern can say both`);
    const pattern = toPattern(value);
    match[key] = operator === "!=" ? { not: pattern } : pattern;
  }
  return match;
}

function toPattern(value: string): unknown {
  const quoted = quotedValue(value);
  if (quoted !== undefined) return quoted;
  if (value.length > 2 && value.startsWith("/") && value.endsWith("/")) return { regex: value.slice(1, -1) };
  return /[*?]/u.test(value) ? { like: value } : value;
}

/** Formats a pattern as on the command line; as JSON where that is impossible. */
export function labelPatternText(label: string, pattern: unknown): string {
  const plain = plainText(pattern);
  if (plain !== undefined) return `${label}=${plain}`;
  const negated = plainText(only(pattern, "not"));
  return negated === undefined ? `${label}=${JSON.stringify(pattern)}` : `${label}!=${negated}`;
}

function plainText(pattern: unknown): string | undefined {
  const [like, regex] = [only(pattern, "like"), only(pattern, "regex")];
  if (typeof like === "string") return like;
  if (typeof regex === "string") return `/${regex}/`;
  return typeof pattern === "string" ? exactValue(pattern) : undefined;
}

/** The value of the only key of a mapping. */
function only(pattern: unknown, key: string): unknown {
  if (typeof pattern !== "object" || pattern === null) return undefined;
  const [[name, value] = ["", undefined], ...others] = Object.entries(pattern);
  return name === key && others.length === 0 ? value : undefined;
}
