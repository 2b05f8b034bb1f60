import { TocsinError } from "../lib/errors.ts";

/**
 * `KEY=PATTERN`, `KEY!=PATTERN` of a command line, as the configuration writes it: a plain value is equality, one with
 * `*` or `?` is `like`, one between slashes is `regex`. A key that comes again must hold as well.
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
  if (value.length > 2 && value.startsWith("/") && value.endsWith("/")) return { regex: value.slice(1, -1) };
  return /[*?]/u.test(value) ? { like: value } : value;
}
