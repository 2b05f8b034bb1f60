import { readFileSync, writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { chartValuesJsonSchema, faultsInValues } from "./chart-values.ts";

const FILE = "chart/values.schema.json";
const schema = chartValuesJsonSchema();
describe("chart/values.schema.json", () => {
  it("is the one of the program (UPDATE_DOCS=1 writes it)", () => {
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(FILE, text);
    expect(readFileSync(FILE, "utf8")).toBe(text);
  });

  it("takes the values of the chart, and knows no key that they lack", () => {
    const values = readFileSync("chart/values.yaml", "utf8");
    expect(faultsInValues(values)).toEqual([]);
    const known = Object.keys(schema["properties"] as object).filter((key) => key !== "global");
    expect(Object.keys(parse(values) as object).toSorted()).toEqual(known.toSorted());
  });

  it.each([
    ["cluster: 5", "/cluster"],
    ["slack: { secretName: [a] }", "/slack/secretName"],
    ["slack: { secretName: Not_A_Name }", "/slack/secretName"],
    ["config: { cluster: x }", "/config"],
    ["config: { server: { listen: 0.0.0.0:1 } }", "/config/server"],
    ["config: { kubernetes: { namespaces: shop } }", "/config/kubernetes/namespaces"],
    ["config: { kubernetes: { enrich: never } }", "/config/kubernetes/enrich"],
    ["config: { sinks: [{ name: a, type: slack, url: { env: X }, chanel: b }] }", "/config/sinks/0"],
    ["extraRules: { team.yaml: [{ name: a, match: { reason: { regx: b } } }] }", "/extraRules/team.yaml"],
    ["extraRules: { Team.yml: '' }", "/extraRules"],
    ["secrets: tocsin-mail", "/secrets"],
    ["persistence: { enabled: 'no' }", "/persistence/enabled"],
    ["image: { digest: latest }", "/image/digest"],
    ["networkPolicy: { ports: ['443'] }", "/networkPolicy/ports/0"],
    ["replicas: 2", ""],
  ])("refuses %s", (text, path) => {
    expect(faultsInValues(text)).toContain(path);
  });

  it.each([
    "config: { kubernetes: { enrich: off } }",
    "config: { kubernetes: { inspect: [{ group: a.io, resource: as, kind: A, healthy: { type: Bad, status: False } }] } }",
    "extraRules: { team.yaml: 'rules: []' }",
  ])("takes %s", (text) => {
    expect(faultsInValues(text)).toEqual([]);
  });

  it("takes every word that YAML 1.1 reads as true or false in that form as well", () => {
    const traps = wordsIn(schema).filter((word) => typeof parse(word, { version: "1.1" }) === "boolean");
    expect(traps).toEqual(["off", "True", "False"]);
  });
});

/** The texts of all closed lists. */
function wordsIn(node: unknown): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  const words = "enum" in node && Array.isArray(node.enum) ? node.enum : [];
  const constant = "const" in node ? [node.const] : [];
  const own = [...words, ...constant].filter((word): word is string => typeof word === "string");
  return [...own, ...Object.values(node).flatMap(wordsIn)];
}
