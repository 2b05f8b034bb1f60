import type { CountedRule } from "../../src/api/schemas/rule.ts";

/** Rules that a person may want to see alone, with their words. */
export const RULE_CHOICES = {
  all: "all",
  fires: "fires now",
  never: "never fired",
  noisy: "noisy",
} as const;

/** One of them. */
export type RuleChoice = keyof typeof RULE_CHOICES;

/** Messages in seven days from which a rule counts as noisy. */
const NOISY_MESSAGES = 20;

/** Whether a rule made so many messages that somebody should look at it. */
export function isNoisy({ stats }: Pick<CountedRule, "stats">): boolean {
  return stats.messages >= NOISY_MESSAGES;
}

/** The rules that are asked for: those with open alerts first, then those with most messages, then by name. */
export function chooseRules(
  rules: readonly CountedRule[],
  { text, choice }: { readonly text: string; readonly choice: RuleChoice },
): readonly CountedRule[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  return rules
    .filter((rule) => isChosen(rule, choice))
    .filter((rule) => {
      const haystack = [rule.name, rule.description, ...(rule.sinks ?? [])].join(" ").toLowerCase();
      return words.every((word) => haystack.includes(word));
    })
    .toSorted(
      (a, b) => openOf(b) - openOf(a) || b.stats.messages - a.stats.messages || (a.name < b.name ? -1 : 1),
    );
}

function isChosen(rule: CountedRule, choice: RuleChoice): boolean {
  switch (choice) {
    case "all":
      return true;
    case "fires":
      return rule.alerts.firing > 0;
    case "never":
      return openOf(rule) === 0 && rule.stats.alerts === 0;
    case "noisy":
      return isNoisy(rule);
  }
}

function openOf({ alerts }: CountedRule): number {
  return alerts.firing + alerts.pending;
}
