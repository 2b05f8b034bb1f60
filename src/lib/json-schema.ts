import { z } from "zod";

/** A JSON Schema document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What an editor needs to know of a file: the shape as people write it, before defaults and transforms. Draft 7, which
 * editors' YAML servers know. What a schema cannot say (expressions, names that must exist) is left to `tocsin check`.
 */
export function toJsonSchema(schema: z.ZodType, title: string): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // The only custom types are keys that must not be there.
      if (zodSchema._zod.def.type === "custom") jsonSchema.not = {};
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return { $schema, title, ...rest };
}
