import { readFileSync, writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { openApiDocument } from "../../src/api/index.ts";

const FILE = "docs/openapi.json";

/**
 * The keys that JSON Schema may have here, each part with a description.
 * https://spec.openapis.org/oas/v3.1.0#schema-object
 */
const Schema: z.ZodType = z.lazy(() =>
  z.strictObject({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    description: z.string().min(3).optional(),
    format: z.literal("date-time").optional(),
    pattern: z.string().optional(),
    enum: z.array(z.string()).optional(),
    contentMediaType: z.string().optional(),
    contentSchema: Schema.optional(),
    const: z.union([z.literal(true), z.literal(0), z.literal(60), z.string()]).optional(),
    default: z.unknown().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minLength: z.number().optional(),
    maxLength: z.number().optional(),
    minItems: z.number().optional(),
    maxItems: z.number().optional(),
    required: z.array(z.string()).optional(),
    items: Schema.optional(),
    anyOf: z.array(Schema).optional(),
    properties: z.record(z.string(), Schema).optional(),
    propertyNames: Schema.optional(),
    additionalProperties: z.union([z.literal(false), Schema]).optional(),
  }),
);

const Content = z.strictObject({
  "application/json": z.strictObject({ schema: z.strictObject({ $ref: z.string() }) }),
});
const EventStream = z.strictObject({ "text/event-stream": z.strictObject({ schema: Schema }) });

/** The objects of OpenAPI 3.1 that are used, without anything else. https://spec.openapis.org/oas/v3.1.0 */
const Document = z.strictObject({
  openapi: z.literal("3.1.0"),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  servers: z.array(z.strictObject({ url: z.string() })),
  paths: z.record(
    z.string().startsWith("/"),
    z.partialRecord(
      z.enum(["get", "post", "delete"]),
      z
        .strictObject({
          operationId: z.string(),
          summary: z.string(),
          description: z.string().optional(),
          security: z.array(
            z.strictObject({ token: z.tuple([]).optional(), session: z.tuple([]).optional() }),
          ),
          parameters: z.array(
            z.strictObject({
              name: z.string(),
              in: z.enum(["query", "path", "header"]),
              required: z.boolean(),
              description: z.string(),
              schema: Schema,
            }),
          ),
          requestBody: z.strictObject({ required: z.literal(true), content: Content }).optional(),
          responses: z.record(
            z.string().regex(/^\d{3}$/u),
            z.strictObject({ description: z.string(), content: Content.or(EventStream) }),
          ),
        })
        .optional(),
    ),
  ),
  components: z.strictObject({
    securitySchemes: z.strictObject({
      token: z.strictObject({ type: z.literal("http"), scheme: z.literal("bearer") }),
      session: z.strictObject({ type: z.literal("apiKey"), in: z.literal("cookie"), name: z.string() }),
    }),
    schemas: z.record(z.string(), Schema),
  }),
});

describe(FILE, () => {
  it("is what the program says of itself (UPDATE_DOCS=1 writes it)", () => {
    const expected = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(FILE, expected);
    expect(readFileSync(FILE, "utf8")).toBe(expected);
  });
});

describe("the description of the API", () => {
  // JSON leaves out what is undefined.
  const json = JSON.stringify(openApiDocument());
  const document = z.json().parse(JSON.parse(json));
  const { paths, components } = Document.parse(document);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

  it("has the form of OpenAPI 3.1", () => {
    expect(Document.safeParse(document).error).toBeUndefined();
  });

  it("refers only to schemas that it holds, and to each of them", () => {
    const refs = new Set(
      [...json.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/gu)].map((match) => match[1] ?? ""),
    );
    expect([...refs].toSorted()).toEqual(Object.keys(components.schemas).toSorted());
    expect(json.match(/"\$ref"/gu)?.length).toBe(json.match(/"\$ref":"#\/components\/schemas\//gu)?.length);
  });

  it("describes every field", () => {
    expect(Object.entries(components.schemas).flatMap(([name, schema]) => undescribed(schema, name))).toEqual(
      [],
    );
  });

  it("names each operation once, and every parameter of its path", () => {
    const ids = operations.map(({ operation }) => operation?.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const inPath = operation?.parameters.filter((parameter) => parameter.in === "path") ?? [];
      const names = [...path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name);
      expect(inPath.map(({ name }) => name)).toEqual(names);
    }
  });

  it("is told in docs/api.md, each operation with its parameters", () => {
    const page = readFileSync("docs/api.md", "utf8");
    const rows = page.split("\n");
    const untold = operations.flatMap(({ method, path, operation }) => {
      const row = rows.find((line) => line.startsWith(`| \`${method.toUpperCase()} ${path}\` |`));
      if (row === undefined) return [`${method} ${path}`];
      const own = operation?.parameters.filter(({ name }) => !["id", "limit", "cursor"].includes(name)) ?? [];
      return own.flatMap(({ name }) => (row.includes(`\`${name}\``) ? [] : [`${method} ${path}: ${name}`]));
    });
    expect(untold).toEqual([]);
  });

  it("asks for a token or a session for every change, and for nothing where it gives one", () => {
    const shown = [{ token: [] }, { session: [] }];
    for (const { method, operation, path } of operations) {
      const isChange = method !== "get" && !["/explain", "/silences/preview"].includes(path);
      const isOpen = ["/me", "/session"].includes(path);
      expect(operation?.security).toEqual(isOpen ? [{}] : isChange ? shown : [{}, ...shown]);
    }
  });
});

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/** Paths of the properties that say nothing of themselves. */
function undescribed(schema: unknown, path: string): readonly string[] {
  // Checked by `Schema`.
  const { properties = {}, items, anyOf = [] } = schema as Node;
  const inside = [...(items === undefined ? [] : [items]), ...anyOf];
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [
      ...(field.description === undefined ? [`${path}.${name}`] : []),
      ...undescribed(field, `${path}.${name}`),
    ]),
    ...inside.flatMap((node) => undescribed(node, path)),
  ];
}

it("says exactly what is accepted", () => {
  const { paths, components } = Document.parse(openApiDocument());
  const choice = JSON.stringify(components.schemas["DeadLetterChoice"]);
  // Requests with unknown keys are refused; answers may get new ones.
  expect(choice.match(/"additionalProperties":false/gu)).toHaveLength(2);
  expect(JSON.stringify(components.schemas["Alert"])).not.toContain('"additionalProperties":false');
  expect(components.schemas["ExplainRequest"]).toMatchObject({ anyOf: [{}, {}] });
  for (const { get } of Object.values(paths)) {
    const cursor = get?.parameters.find(({ name }) => name === "cursor");
    if (cursor === undefined) continue;
    expect(cursor.schema).toMatchObject({ minLength: 1 });
    expect(Object.keys(get?.responses ?? {})).toContain("404");
  }
  expect(Object.keys(paths["/silences/{id}/expire"]?.post?.responses ?? {})).not.toContain("415");
});
