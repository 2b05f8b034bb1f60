import { z } from "zod";

import { ALERT_SCHEMAS } from "../../alert/index.ts";
import { RULE_SCHEMAS } from "../../rule/index.ts";
import { type PolicySection, policySection } from "../section.ts";

const ANY_LIST = z.array(z.unknown());
const ANY_MAPPING = z.record(z.string(), z.unknown());

const SINKS = "the destinations, each `{ name, type, … }`";
const RULES =
  "`builtin` (the pack inside the program), `builtin/<file>` and `builtin/more/<file>`, globs of rule files, or rules in place";
const ROUTE = "which alert goes to which sinks, and when; required with rules";
const OVERRIDES = "rule name → changes to a rule that is not yours";
const RUNBOOKS = "where the runbooks of rules are that name none: `{ url }`";
const INTERVALS = "name → hours, days or months, for `mute` and `active` of routes";

/** The sections that decide about alerts, of which `rules`, `sinks` and so on make the policy. */
export const POLICY_SECTIONS = {
  rules: policySection({
    schema: ANY_LIST.default(["builtin", "rules/*.yaml"]).describe(RULES),
    shape: z
      .array(z.union([z.string().describe("a glob, `builtin` or `builtin/<file>`"), RULE_SCHEMAS.rule]))
      .optional()
      .describe(RULES),
  }),
  overrides: policySection({
    schema: ANY_MAPPING.default({}).describe(OVERRIDES),
    shape: z.record(z.string(), RULE_SCHEMAS.override).optional().describe(OVERRIDES),
  }),
  reasons: listOf(RULE_SCHEMAS.reason, "rows that replace rows of the reason table"),
  drop: listOf(RULE_SCHEMAS.drop, "events that start and continue no alert, as in rule files"),
  sinks: policySection({
    schema: z
      .array(z.unknown(), {
        error: (issue) => (issue.input === undefined ? "missing: name at least one destination" : undefined),
      })
      .min(1, { error: "empty: name at least one destination" })
      .describe(SINKS),
    // `configurationShape` has their options, which depend on the types.
    shape: ANY_LIST.min(1).describe(SINKS),
  }),
  route: policySection({
    schema: z.unknown().optional().describe(ROUTE),
    shape: ALERT_SCHEMAS.configured.route.optional().describe(ROUTE),
  }),
  forward: listOf(RULE_SCHEMAS.forward, "events sent unchanged, without alerting"),
  inhibit: listOf(
    ALERT_SCHEMAS.configured.inhibit,
    "inhibition rules: causes and the alerts that they hold back; the shipped ones stay",
  ),
  silences: listOf(ALERT_SCHEMAS.configured.silence, "silences; people make others while the program runs"),
  timeIntervals: policySection({
    schema: ANY_MAPPING.default({}).describe(INTERVALS),
    shape: ALERT_SCHEMAS.configured.timeIntervals.optional().describe(INTERVALS),
  }),
  runbooks: policySection({
    schema: z.unknown().optional().describe(RUNBOOKS),
    shape: ALERT_SCHEMAS.configured.runbooks.optional().describe(RUNBOOKS),
  }),
} as const;

function listOf<Entry extends z.ZodType>(
  entry: Entry,
  description: string,
): PolicySection<z.ZodDefault<typeof ANY_LIST>, z.ZodOptional<z.ZodArray<Entry>>> {
  return policySection({
    schema: ANY_LIST.default([]).describe(description),
    shape: z.array(entry).optional().describe(description),
  });
}
