import { compilePattern, type PatternSpec } from "../../expression/index.ts";
import type { RuleField } from "./exporter-configuration.ts";

/** The fate of an expression of the tool, which is found anywhere in a value. */
export type RulePattern =
  | { readonly spec: PatternSpec; readonly fault: undefined }
  /** It never matches: RE2's message says why. */
  | { readonly spec: undefined; readonly fault: string };

/** Characters with a meaning in RE2. */
const META = /[\\.+*?()|[\]{}^$]/u;

/** The pattern that matches the same values. @param field Undefined for labels and annotations. */
export function rulePattern(field: RuleField | undefined, text: string): RulePattern {
  if (field === "type" && (text === "Warning" || text === "Normal")) return { spec: text, fault: undefined };
  if (!META.test(text)) return { spec: { contains: text }, fault: undefined };
  const whole = compilePattern({ regex: text });
  if (whole.value !== undefined) return { spec: { regex: text }, fault: undefined };
  const parts = alternativesOf(text);
  if (parts.length > 1 && parts.every((part) => compilePattern({ regex: part }).value !== undefined))
    return { spec: parts.map((part) => ({ regex: part })), fault: undefined };
  return { spec: undefined, fault: whole.faults[0]?.message ?? "it does not compile" };
}

/** Whether a value matches. */
export function matchesPattern(spec: PatternSpec, value: string): boolean {
  return compilePattern(spec).value?.test(value) === true;
}

/** The alternatives of an expression without groups; one that is too long for one pattern is a list of them. */
export function alternativesOf(text: string): readonly string[] {
  return /[\\()[\]]/u.test(text) ? [text] : text.split("|");
}
