import { ReasonSpec } from "./reason-table.ts";
import { DropSpec, ForwardSpec, OverrideSpec, RuleSpec } from "./rule-spec.ts";

/** The shapes of entries as people write them, for editors. */
export const RULE_SCHEMAS = {
  rule: RuleSpec,
  drop: DropSpec,
  forward: ForwardSpec,
  override: OverrideSpec,
  reason: ReasonSpec,
};
