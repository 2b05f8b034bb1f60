import { z } from "zod";

/** A JSON Schema document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const LOOK_AROUND = /\(\?<?[!=]/u;

/**
 * Makes the schema of a file for editors: the shape that people write, before defaults and transforms. Draft 7, because
 * the YAML servers of editors know that one. `tocsin check` finds what a schema cannot express, such as types of
 * expressions and names that must exist.
 */
export function toJsonSchema(schema: z.ZodType, title: string): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // Helm reads the schema of the chart with Go's expressions, which have no look-around; `check` has all of it.
      if (LOOK_AROUND.test(jsonSchema.pattern ?? "")) delete jsonSchema.pattern;
      // The only custom types are keys that must be absent.
      if (zodSchema._zod.def.type === "custom") jsonSchema.not = {};
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return { $schema, title, ...rest };
}
