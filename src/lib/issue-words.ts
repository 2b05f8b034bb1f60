import type { z } from "zod";

/**
 * Says in a sentence what is wrong with a value, and the form that is right; undefined for faults with words of their
 * own. `safeParse` takes it for all messages that a schema does not set itself.
 */
export function issueWords(issue: z.core.$ZodRawIssue): string | undefined {
  const { code, input } = issue;
  if (code === "invalid_type") return input === undefined ? "missing" : typeWords(issue.expected, input);
  if (code === "invalid_union") {
    return input === undefined ? "missing" : `not a value that can stand here: ${typeOf(input)}`;
  }
  if (code !== "too_small") return undefined;
  if (issue.origin === "array") return "empty: write at least one entry";
  return issue.origin === "string" ? "empty" : undefined;
}

function typeWords(expected: string, input: unknown): string | undefined {
  if (input === null) return `nothing stands here; expected ${FORMS.get(expected) ?? expected}`;
  switch (expected) {
    case "array":
      return 'expected a list: begin each entry with "- ", or write [ … ] around them';
    case "object":
    case "record":
      return `expected a mapping, such as { key: value }, not ${typeOf(input)}`;
    case "string":
      return typeof input === "number" || typeof input === "boolean"
        ? "expected a text: put quotes around it"
        : `expected a text, not ${typeOf(input)}`;
    case "boolean":
      return `expected true or false, not ${typeOf(input)}`;
    case "number":
    case "int":
      return `expected a number, not ${typeOf(input)}`;
    default:
      return undefined;
  }
}

const FORMS: ReadonlyMap<string, string> = new Map([
  ["array", "a list"],
  ["object", "a mapping"],
  ["record", "a mapping"],
  ["string", "a text"],
  ["boolean", "true or false"],
  ["number", "a number"],
  ["int", "a number"],
]);

/** The type of a value; never the value itself, which may be a secret at the wrong place. */
function typeOf(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  if (typeof input === "string") return "a text";
  return typeof input === "object" ? "a mapping" : `a ${typeof input}`;
}
