export type {
  AlertFacts,
  Clause,
  CompiledForward,
  CompiledRule,
  CounterMatcher,
  CounterSpec,
  ForwardSet,
  GroupFacts,
  IdentityKey,
  Lifecycle,
  ReasonRow,
  RuleSet,
  RuleText,
  SameKey,
  TextScope,
} from "./compiled-rule.ts";
export { compileForwards } from "./compile-forwards.ts";
export { compileRules, type RuleInput, type RuleSource } from "./compile.ts";
export { explainRules, type RuleExplanation } from "./explain.ts";
export type { Reader } from "./looks-up.ts";
export { loadReasonTable } from "./reason-table.ts";
export { readRuleFile } from "./rule-file.ts";
export { RULE_SCHEMAS } from "./schemas.ts";
export { LABEL_NAMES } from "./rule-spec.ts";
