import { z } from "zod";

import { type JsonSchema, toJsonSchema } from "../lib/json-schema.ts";
import { strict } from "../lib/schema.ts";
import { RULE_SCHEMAS } from "../rule/index.ts";
import type { SinkType } from "../sink/index.ts";
import { configurationShape } from "./sections.ts";

/** The keys of a file of rules. */
export const RULE_FILE_SHAPE = {
  rules: z.array(RULE_SCHEMAS.rule).optional().describe("what is an alert"),
  drop: z.array(RULE_SCHEMAS.drop).optional().describe("Events that start and continue no alert"),
} as const;

/** The shape of `tocsin.yaml` with these types of sinks, for editors. */
export function configurationJsonSchema(types: readonly SinkType[]): JsonSchema {
  return toJsonSchema(strict(configurationShape(types)), "Configuration of Tocsin");
}

/** The shape of a file of rules, for editors. */
export function ruleFileJsonSchema(): JsonSchema {
  return toJsonSchema(strict(RULE_FILE_SHAPE), "Rules of Tocsin");
}
