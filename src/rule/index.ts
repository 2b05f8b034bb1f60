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
export { type CompiledRules, compileRules, type RuleInput } from "./compile.ts";
export { explainRules, type RuleExplanation } from "./explain.ts";
export { isRuleFile } from "./is-rule-file.ts";
export { kindAdvice } from "./kind-advice.ts";
export { noSuchReason } from "./no-such-reason.ts";
export type { Reader } from "./looks-up.ts";
export { type Ending, endingOf } from "./ending-of.ts";
export { proofOf } from "./proof-of.ts";
export { isCounter, loadReasonTable } from "./reason-table.ts";
export { readReasonRows } from "./package-files.ts";
export { readRuleFile } from "./read-rule-file.ts";
export { type RuleFiles, readRuleFiles } from "./rule-files.ts";
export type { RuleProvider, RuleUnit, UnitReport } from "./rule-unit.ts";
export { RULE_SCHEMAS } from "./schemas.ts";
export { LABEL_NAMES } from "./rule-spec.ts";
