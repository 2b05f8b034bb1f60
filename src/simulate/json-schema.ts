import { type JsonSchema, toJsonSchema } from "../lib/json-schema.ts";
import { TestFileSpec } from "./test-spec.ts";

/** The shape of a test file, for editors. */
export function testFileJsonSchema(): JsonSchema {
  return toJsonSchema(TestFileSpec, "Tests of rules of Tocsin");
}
