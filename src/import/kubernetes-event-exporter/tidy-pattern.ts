import type { PatternSpec } from "../../expression/index.ts";
import type { RuleField } from "./exporter-configuration.ts";
import { alternativesOf } from "./rule-pattern.ts";

/** Fields whose values are words of Kubernetes, so that a part of one is hardly ever meant. */
const WHOLE: ReadonlySet<RuleField> = new Set<RuleField>(["kind", "reason"]);

/**
 * An expression that lists plain words, as these words: it matches less than before.
 *
 * @returns Undefined when it is none, or a single word of a field where parts are meant.
 */
export function tidyPattern(field: RuleField | undefined, text: string): PatternSpec | undefined {
  if (field === undefined || field === "message") return undefined;
  const words = alternativesOf(text).map((word) => word.replaceAll(/^\^|\$$/gu, ""));
  if (!words.every((word) => /^[\w-]+$/u.test(word))) return undefined;
  const [only] = words;
  if (words.length > 1) return [...new Set(words)];
  return WHOLE.has(field) ? only : undefined;
}
