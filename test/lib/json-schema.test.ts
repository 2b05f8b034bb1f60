import { expect, it } from "vitest";
import { z } from "zod";

import { Duration } from "../../src/lib/duration.ts";
import { toJsonSchema } from "../../src/lib/json-schema.ts";
import { strict } from "../../src/lib/schema.ts";

it("an editor's schema has the shape that people write, before defaults and transforms", () => {
  const schema = strict({ every: Duration.prefault("30s"), count: z.int().min(1) });
  expect(toJsonSchema(schema, "a test")).toMatchObject({
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "a test",
    type: "object",
    required: ["count"],
    additionalProperties: false,
    properties: { count: { type: "integer", minimum: 1 } },
  });
});
