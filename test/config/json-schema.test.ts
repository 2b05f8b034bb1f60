import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

import { Ajv, type ValidateFunction } from "ajv";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";

import { TEMPLATES } from "../../src/cli/init-templates.ts";
import { configurationJsonSchema, ruleFileJsonSchema } from "../../src/config/index.ts";
import type { JsonSchema } from "../../src/lib/json-schema.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import { testFileJsonSchema } from "../../src/simulate/index.ts";
import { loadSinkTypes } from "../../src/sinks/index.ts";
import { PAGES } from "../docs/pages.ts";

const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  tocsin: configurationJsonSchema(await loadSinkTypes()),
  rules: ruleFileJsonSchema(),
  tests: testFileJsonSchema(),
};

// Formats are hints for editors here: what is no URL, `check` says.
const ajv = new Ajv({ strict: true, strictTypes: false, validateFormats: false, allErrors: true });
const VALIDATE = new Map(
  Object.entries(SCHEMAS).map(([name, schema]): [string, ValidateFunction] => [name, ajv.compile(schema)]),
);

function faults(schema: string, text: string): readonly string[] {
  const validate = VALIDATE.get(schema);
  if (validate === undefined) throw new Error(`no schema ${schema}`);
  const { value, findings } = parseYaml("test", text);
  if (findings.length > 0) return findings.map(({ message }) => message);
  return validate(value)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/** Which schema a file of the docs goes by; blocks without a name are parts of files. */
function schemaOf(path: string): string {
  if (path.endsWith(".test.yaml")) return "tests";
  return path.includes("rules/") ? "rules" : "tocsin";
}

describe.each(Object.entries(SCHEMAS))("schema/%s.json", (name, schema) => {
  it("is the one of the program (UPDATE_DOCS=1 writes it)", () => {
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;
    const file = `schema/${name}.json`;
    if (process.env["UPDATE_DOCS"] === "1") {
      mkdirSync("schema", { recursive: true });
      writeFileSync(file, text);
    }
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});

describe("the schemas", () => {
  const packs = readdirSync("rules").filter((file) => file.endsWith(".yaml"));
  const shipped = [
    ...packs.map((file) => ({ path: `rules/${file}`, text: readFileSync(`rules/${file}`, "utf8") })),
    ...TEMPLATES.filter(({ path }) => path.endsWith(".yaml")).map(({ path, content }) => ({
      path,
      text: content,
    })),
    ...PAGES.flatMap(({ blocks }) => blocks)
      .filter(({ mark }) => mark.endsWith(".yaml") && !["event.yaml", "values.yaml"].includes(mark))
      .map(({ mark, text }) => ({ path: mark, text })),
  ];

  it.each(shipped)("take $path, which is shipped", ({ path, text }) => {
    expect(faults(schemaOf(path), text)).toEqual([]);
  });

  it.each([
    ["tocsin", "sinks: []", "/sinks"],
    ["tocsin", "sinks: [{ name: a, type: slak, url: { env: X } }]", "/sinks/0/type"],
    ["tocsin", "sinks: [{ name: a, type: slack, url: { env: X }, chanel: y }]", "/sinks/0"],
    ["tocsin", "sinks: [{ name: a, type: stdout, timeout: 10 }]", "/sinks/0/timeout"],
    ["tocsin", "sinks: [{ name: a, type: stdout, timeout: 10 s }]", "/sinks/0/timeout"],
    ["tocsin", "sinks: [{ name: a, type: stdout }]\nheartbeat: {}", "/heartbeat"],
    ["tocsin", "sinks: [{ name: a, type: stdout }]\nstate: { maxBytes: 1 GB }", "/state/maxBytes"],
    ["tocsin", "sinks: [{ name: a, type: stdout }]\nroute: { sink: [a] }", "/route"],
    ["tocsin", "sinks: [{ name: a, type: stdout }]\nroute: { routes: [{ matches: {} }] }", "/route/routes/0"],
    [
      "tocsin",
      "sinks: [{ name: a, type: stdout }]\noverrides: { x: { severity: bad } }",
      "/overrides/x/severity",
    ],
    ["tocsin", "sinks: [{ name: a, type: stdout }]\ninhibit: [{ equal: namespace }]", "/inhibit/0/equal"],
    ["tocsin", "namspaces: [a]", ""],
    ["rules", "rules: [{ name: a }]", "/rules/0"],
    ["rules", "rules: [{ name: A b, match: {} }]", "/rules/0/name"],
    [
      "rules",
      "rules: [{ name: a, match: { involvedObject: { kid: Pod } } }]",
      "/rules/0/match/involvedObject",
    ],
    ["rules", "rules: [{ name: a, match: { reason: { regx: x } } }]", "/rules/0/match/reason"],
    ["rules", "rules: [{ name: a, match: {}, severity: page }]", "/rules/0/severity"],
    ["rules", "rules: [{ name: a, match: {}, threshold: { count: 0 } }]", "/rules/0/threshold/count"],
    ["rules", "rules: [{ name: a, match: {}, for: five minutes }]", "/rules/0/for"],
    ["rules", "rule: []", ""],
    ["tests", "tests: []", "/tests"],
    ["tests", "tests: [{ name: a }]", "/tests/0"],
    ["tests", "tests: [{ name: a, events: [{ reason: x, object: pod }] }]", "/tests/0/events/0/object"],
    ["tests", "tests: [{ name: a, events: [], expect: [{ kind: fired }] }]", "/tests/0/expect/0/kind"],
  ])("refuse in %s: %s", (schema, text, path) => {
    const found = faults(schema, text);
    expect(found.map((fault) => fault.split(" ")[0])).toContain(path);
  });

  it("say of every key of a file and its entries what it is for", () => {
    const silent = Object.entries(SCHEMAS).flatMap(([name, schema]) => undescribed(schema, name));
    expect(silent).toEqual([]);
  });
});

/** Paths to keys of the file and of its entries without a description. */
function undescribed(schema: unknown, path: string, depth = 0): readonly string[] {
  if (typeof schema !== "object" || schema === null || depth > 1) return [];
  return Object.entries(schema).flatMap(([word, part]: [string, unknown]) => {
    if (word === "definitions") return [];
    if (word !== "properties") return undescribed(part, path, depth);
    return Object.entries(part as Readonly<Record<string, object>>).flatMap(([key, property]) => [
      ...("description" in property ? [] : [`${path}.${key}`]),
      ...undescribed(property, `${path}.${key}`, depth + 1),
    ]);
  });
}

/** All values of the keys `pattern` in a schema. */
function patternsIn(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === "pattern" && typeof value === "string" ? [value] : patternsIn(value),
  );
}

it.each(["chart/values.schema.json", "schema/tocsin.json", "schema/rules.json"])(
  "%s has only patterns that Go can read, and so Helm",
  (file) => {
    const patterns = new Set(patternsIn(JSON.parse(readFileSync(file, "utf8"))));
    expect(patterns.size).toBeGreaterThan(0);
    for (const pattern of patterns) {
      expect(() => RE2JS.compile(pattern)).not.toThrow();
      // Go has no escape by a number of four digits.
      expect(pattern).not.toMatch(/\\u/u);
    }
  },
);
