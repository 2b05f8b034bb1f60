import type { Silence } from "../../alert/index.ts";
import { RULE_LABEL } from "./api-labels.ts";
import { anchored, isSameMatcher, type Matcher } from "./matcher.ts";

type Match = Silence["match"];
type Pattern = Match[string];

/** The patterns of a silence with these matchers, all of which hold; a text says what is wrong with a name. */
export function toMatch(matchers: readonly Matcher[]): Match | string {
  const different = matchers.filter(
    (matcher, index) => matchers.findIndex((other) => isSameMatcher(matcher, other)) === index,
  );
  if (different.some(({ name }) => name === "rule"))
    return 'rule: write "alertname" for the name of the rule';
  const byLabel = Map.groupBy(different, ({ name }) => (name === RULE_LABEL ? "rule" : name));
  return Object.fromEntries([...byLabel].map(([label, all]) => [label, allOf(all.map(toPattern))]));
}

function toPattern({ value, isRegex, isEqual }: Matcher): Pattern {
  const pattern = isRegex ? { regex: anchored(value) } : value;
  return isEqual ? pattern : { not: pattern };
}

/** A list holds where one of its patterns does: all of them hold where none of their opposites does. */
function allOf(patterns: readonly Pattern[]): Pattern {
  const [only] = patterns;
  if (only !== undefined && patterns.length === 1) return only;
  return { not: patterns.map((pattern) => ({ not: pattern })) };
}
