import type { z } from "zod";

/** Longest piece of a user's value in a message. */
const LONGEST_QUOTE = 40;

/**
 * Says in a sentence what is wrong with a value, and the form that is right; undefined for faults with words of their
 * own. `safeParse` takes it for all messages that a schema does not set itself.
 */
export function issueWords(issue: z.core.$ZodRawIssue): string | undefined {
  const { code, input } = issue;
  if (code === "invalid_type") return input === undefined ? "missing" : typeWords(issue.expected, input);
  if (code === "invalid_union") {
    return input === undefined ? "missing" : `not a value that can stand here: ${quoted(input)}`;
  }
  if (code !== "too_small") return undefined;
  if (issue.origin === "array") return "empty: write at least one entry";
  return issue.origin === "string" ? "empty" : undefined;
}

function typeWords(expected: string, input: unknown): string | undefined {
  if (input === null) return `nothing stands here; expected ${FORMS.get(expected) ?? expected}`;
  switch (expected) {
    case "array":
      return Array.isArray(input) || typeof input === "object"
        ? 'expected a list: begin each entry with "- ", or write [ … ] around them'
        : `expected a list: write [${quoted(input)}]`;
    case "object":
    case "record":
      return `expected a mapping, such as { key: value }, not ${quoted(input)}`;
    case "string":
      return typeof input === "number" || typeof input === "boolean"
        ? `expected a text: write "${input}" with its quotes`
        : `expected a text, not ${quoted(input)}`;
    case "boolean":
      return `expected true or false, not ${quoted(input)}`;
    case "number":
    case "int":
      return `expected a number, not ${quoted(input)}`;
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

function quoted(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  if (typeof input === "object") return "a mapping";
  const text = typeof input === "string" && /^[\w.-]+$/u.test(input) ? input : JSON.stringify(input);
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`;
}
