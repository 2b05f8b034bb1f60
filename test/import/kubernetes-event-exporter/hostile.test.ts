import { readFileSync } from "node:fs";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { findMappings } from "../../../src/import/find-mappings.ts";
import { IMPORT_TOOLS, importConfiguration, importedFiles } from "../../../src/import/index.ts";
import { kubernetesEventExporter } from "../../../src/import/kubernetes-event-exporter/kubernetes-event-exporter.ts";
import { readDocuments } from "../../../src/import/source-document.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import { anyString } from "../../support/any-string.ts";
import { caseInputs, casesOf } from "../../support/import-case.ts";
import { rounds } from "../../support/rounds.ts";

const TOOL = "kubernetes-event-exporter";

/** The configurations of the cases, without the ConfigMaps around them. */
const CONFIGURATIONS = casesOf(TOOL).flatMap((name) =>
  caseInputs(TOOL, name).flatMap((path) =>
    readDocuments({ file: path, text: readFileSync(path, "utf8") }).documents.flatMap((document) =>
      findMappings(document, kubernetesEventExporter.recognises).mappings.map(({ value }) => value),
    ),
  ),
);

const JUNK: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown[]>(
    null,
    0,
    -1,
    1.5,
    true,
    "",
    "{{",
    "{{ .X }}",
    "${",
    "$",
    "*",
    "(",
    [],
    {},
    [null],
    { a: 1 },
    "http://",
    "https://a:b@c",
  ),
  anyString(20),
);

/** Mostly nothing. */
const SELDOM = fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: JUNK });

/** The value with some of its parts replaced. */
function broken(value: unknown, next: () => unknown): unknown {
  const replaced = next();
  if (replaced !== undefined) return replaced;
  if (Array.isArray(value)) return value.map((item) => broken(item, next));
  return isMapping(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, broken(item, next)]))
    : value;
}

const KNOWN_PATH = /^(?:tocsin\.yaml|IMPORT\.md|rules\/imported\.yaml|secrets\/[\w.-]+)$/u;

const NOTHING = { configuration: undefined, rules: undefined };

/** As JSON has it; null for nothing, as YAML reads an empty text. */
function plain(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

describe("a broken configuration", () => {
  it("is translated or refused, and the YAML says what was translated", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CONFIGURATIONS),
        fc.infiniteStream(SELDOM),
        fc.boolean(),
        (given, stream, tidy) => {
          const parts = stream[Symbol.iterator]();
          // The root itself stays.
          const root = Object.fromEntries(
            Object.entries(given).map(([key, value]) => [key, broken(value, () => parts.next().value)]),
          );
          const outcome = importConfiguration([{ file: "a.yaml", text: JSON.stringify(root) }], TOOL, {
            tools: IMPORT_TOOLS,
            firstSight: tidy,
            tidy,
            alerts: new Set(),
            forward: new Set(),
          });
          expect(outcome.imported === undefined).toBe(outcome.findings.length > 0);
          const { configuration, rules } = outcome.imported ?? NOTHING;
          const use = { tool: TOOL, read: ["a.yaml"], withSecrets: true };
          const files = outcome.imported === undefined ? [] : importedFiles(outcome.imported, use);
          const textAt = (at: string): string => files.find(({ path }) => path === at)?.text ?? "";
          expect(parse(textAt("tocsin.yaml"))).toEqual(plain(configuration));
          expect(parse(textAt("rules/imported.yaml"))).toEqual(plain(rules));
          expect(files.map(({ path }) => path).filter((path) => !KNOWN_PATH.test(path))).toEqual([]);
        },
      ),
      { numRuns: rounds(5000) },
    );
  });
});
