import { z } from "zod";

import { ALERT_SCHEMAS } from "../alert/index.ts";
import { type JsonSchema, toJsonSchema } from "../lib/json-schema.ts";
import { strict } from "../lib/schema.ts";
import { RULE_SCHEMAS } from "../rule/index.ts";
import { sinkSchema } from "../sink/index.ts";
import { builtinSinks } from "../sinks/index.ts";
import { SECTIONS } from "./schema.ts";

/** A list whose entries have a shape, with the description of the list. */
function listOf(
  entry: z.ZodType,
  { description = "" }: { readonly description?: string | undefined },
): z.ZodType {
  return z.array(entry).optional().describe(description);
}

/** All keys of `tocsin.yaml`, with the shapes of entries that other folders understand. */
export const CONFIGURATION_SHAPE = {
  ...SECTIONS,
  rules: listOf(
    z.union([z.string().describe("a glob, `builtin` or `builtin/<file>`"), RULE_SCHEMAS.rule]),
    SECTIONS.rules,
  ),
  overrides: z
    .record(z.string(), RULE_SCHEMAS.override)
    .optional()
    .describe(SECTIONS.overrides.description ?? ""),
  reasons: listOf(RULE_SCHEMAS.reason, SECTIONS.reasons),
  drop: listOf(RULE_SCHEMAS.drop, SECTIONS.drop),
  sinks: z
    .array(sinkSchema(builtinSinks))
    .min(1)
    .describe(SECTIONS.sinks.description ?? ""),
  route: ALERT_SCHEMAS.configured.route.optional().describe(SECTIONS.route.description ?? ""),
  forward: listOf(RULE_SCHEMAS.forward, SECTIONS.forward),
  inhibit: listOf(ALERT_SCHEMAS.configured.inhibit, SECTIONS.inhibit),
  silences: listOf(ALERT_SCHEMAS.configured.silence, SECTIONS.silences),
  timeIntervals: ALERT_SCHEMAS.configured.timeIntervals
    .optional()
    .describe(SECTIONS.timeIntervals.description ?? ""),
} as const;

/** All keys of a rule file. */
export const RULE_FILE_SHAPE = {
  rules: z.array(RULE_SCHEMAS.rule).optional().describe("what is an alert"),
  drop: z.array(RULE_SCHEMAS.drop).optional().describe("Events that start and continue no alert"),
} as const;

/** The shape of `tocsin.yaml`, for editors. */
export function configurationJsonSchema(): JsonSchema {
  return toJsonSchema(strict(CONFIGURATION_SHAPE), "Configuration of Tocsin");
}

/** The shape of a file of rules, for editors. */
export function ruleFileJsonSchema(): JsonSchema {
  return toJsonSchema(strict(RULE_FILE_SHAPE), "Rules of Tocsin");
}
