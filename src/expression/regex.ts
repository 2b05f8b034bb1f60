import { RE2JS, RE2JSException } from "re2js";

import { canMatch } from "./can-match.ts";
import type { Compiled, Regex } from "./expression.ts";
import { patternSize } from "./pattern-size.ts";

/** A longer pattern is a slip or an attack; each costs memory for its automaton. */
export const LONGEST_PATTERN = 1000;

/** Instructions of a pattern; one of this size compiles within milliseconds. */
const LARGEST_PROGRAM = 5000;

/** Texts are cut here before the search: a message can be as large as 1.5 MB. */
export const LONGEST_TEXT = 4096;

/** Compiles an RE2 expression; a fault has RE2's message and, for a pattern of another dialect, the remedy. */
export function compileRegex(source: string): Compiled<Regex> {
  if (source.length > LONGEST_PATTERN) {
    return fault(`regex is ${source.length} characters long; at most ${LONGEST_PATTERN} are allowed`, 0);
  }
  if (patternSize(source) > LARGEST_PROGRAM) {
    return fault(
      "its repetitions make it too large: each {n} is n copies; write fewer, or + and * in their place",
      0,
    );
  }
  try {
    const re2 = RE2JS.compile(source);
    if (!canMatch(re2)) return fault("regex matches nothing, whatever the text is", 0);
    return { value: toRegex(re2), faults: [] };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    // Each of RE2's syntax errors carries the faulty fragment as `input`.
    const fragment = "input" in error && typeof error.input === "string" ? error.input : "";
    const offset = fragment === "" ? 0 : Math.max(0, source.indexOf(fragment));
    const what = error.message.replace(/^error parsing regexp: /u, "");
    return fault(`not an RE2 expression: ${what}${advice(source)}`, offset);
  }
}

function fault(message: string, offset: number): Compiled<Regex> {
  return { value: undefined, faults: [{ message, offset }] };
}

function advice(source: string): string {
  if (/\(\?<?[=!]/u.test(source)) return " (RE2 has no look-around: match more, and take away with not)";
  if (/\\[1-9]/u.test(source)) return " (RE2 has no back-references)";
  if (/^\/.*\/[a-z]*$/u.test(source)) return " (write the expression without slashes, flags as (?i))";
  if (/^[*+?]/u.test(source)) return ' (for "*" as in a file name, use like)';
  return "";
}

function toRegex(re2: RE2JS): Regex {
  const cut = (text: string): string => (text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text);
  return {
    test: (text) => re2.test(cut(text)),
    extract: (text) => {
      const matcher = re2.matcher(cut(text));
      if (!matcher.find()) return "";
      return (matcher.groupCount() > 0 ? matcher.group(1) : matcher.group(0)) ?? "";
    },
  };
}
