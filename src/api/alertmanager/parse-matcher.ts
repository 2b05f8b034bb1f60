import { unquoteGoString } from "./go-string.ts";
import { compileMatcher, type LabelTest, type Matcher } from "./matcher.ts";

/** A matcher that can be used. */
export interface ParsedMatcher {
  readonly matcher: Matcher;
  readonly test: LabelTest;
}

/** Blanks of Go's regular expressions. */
const BLANK = "[\\t\\n\\f\\r ]";
const CLASSIC = new RegExp(`^${BLANK}*([a-zA-Z_:][a-zA-Z0-9_:]*)${BLANK}*(=~|=|!=|!~)`, "u");

/** A text in double quotes, or one without the characters that the syntax needs. */
const WORD = '("(?:[^"\\\\]|\\\\.)*"|[^\\p{White_Space}{}!=~,\\\\"\'`]+)';
const GAP = "\\p{White_Space}*";
const UTF8 = new RegExp(`^${GAP}${WORD}${GAP}(=~|=|!=|!~)${GAP}${WORD}${GAP}(?:,${GAP})?$`, "su");

/**
 * Parses a matcher as the API of Alertmanager does since 0.27 (its `matcher/compat`): by the classic grammar, and what
 * that one does not know by the grammar for names in UTF-8. A text says what is wrong.
 */
export function parseMatcher(text: string): ParsedMatcher | string {
  if (text.startsWith("{") || text.endsWith("}")) return `unexpected open or close brace: ${text}`;
  const classic = usable(parseClassic(text));
  if (typeof classic !== "string") return classic;
  const utf8 = parseUtf8(text);
  const parsed = utf8 === undefined ? classic : usable(utf8);
  return typeof parsed === "string" ? classic : parsed;
}

function usable(matcher: Matcher | string): ParsedMatcher | string {
  if (typeof matcher === "string") return matcher;
  const test = compileMatcher(matcher);
  return typeof test === "string" ? test : { matcher, test };
}

function parseClassic(text: string): Matcher | string {
  const [head, name = "", operator = ""] = CLASSIC.exec(text) ?? [];
  if (head === undefined) return `bad matcher format: ${text}`;
  const raw = trimBlanks(text.slice(head.length));
  const value = unescapeClassic(raw);
  if (value === undefined) return `matcher value contains unescaped double quote: ${raw}`;
  return toMatcher(name, operator, value);
}

function parseUtf8(text: string): Matcher | undefined {
  const [whole, name = "", operator = "", value = ""] = UTF8.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const [plainName, plainValue] = [unquote(name), unquote(value)];
  if (plainName === undefined || plainValue === undefined) return undefined;
  return toMatcher(plainName, operator, plainValue);
}

function toMatcher(name: string, operator: string, value: string): Matcher {
  return { name, value, isRegex: operator.endsWith("~"), isEqual: operator.startsWith("=") };
}

function unquote(word: string): string | undefined {
  return word.startsWith('"') ? unquoteGoString(word) : word;
}

/** OpenMetrics' escapes; any other backslash stands for itself. Undefined where a double quote is out of place. */
function unescapeClassic(raw: string): string | undefined {
  const inner = raw.startsWith('"') ? /^"((?:\\.|[^"\\])*)"$/su.exec(raw)?.[1] : raw;
  if (inner === undefined || !/^(?:\\.|[^"\\])*\\?$/su.test(inner)) return undefined;
  return inner.replaceAll(/\\(.)/gsu, (escape, mark: string) => {
    if (mark === "n") return "\n";
    return mark === '"' || mark === "\\" ? mark : escape;
  });
}

/** A loop: an expression for the blanks at the end would try each blank of a long text anew. */
function trimBlanks(text: string): string {
  const isBlank = (at: number): boolean => "\t\n\f\r ".includes(text.charAt(at));
  let [start, end] = [0, text.length];
  while (start < end && isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
}
