import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { describe, expect, it } from "vitest";

import type { Locator } from "../../src/lib/locator.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import { MATCH_FIELDS } from "../../src/rule/fields.ts";
import { compileRules, readRuleFile } from "../../src/rule/index.ts";
import { TestCompiler } from "../../src/rule/test-compiler.ts";

const RULES = `
rules:
  - { name: a, match: { reason: BackOff }, resolve: { by: [{ reason: Started }] } }
  - { name: b, match: { reason: BackOff }, labels: { team: shop }, title: "{{ event.reason }}" }
drop: [{ name: c, match: { reason: Pulled } }]
`;

describe("TestCompiler", () => {
  const reason = MATCH_FIELDS.get("reason")!;
  const written = { field: reason, written: "reason", within: ["reason"] };

  it("compiles the same test once", () => {
    const tests = new TestCompiler();
    const test = tests.compile({ ...written, spec: ["BackOff", "Failed"] });
    expect(tests.compile({ ...written, spec: ["BackOff", "Failed"] })).toBe(test);
    expect(tests.compile({ ...written, spec: ["BackOff"] })).not.toBe(test);
  });

  it("tells fields apart that are the same under two names", () => {
    const tests = new TestCompiler();
    const kind = MATCH_FIELDS.get("involvedObject.kind")!;
    const long = tests.compile({
      field: kind,
      spec: "Pod",
      written: "involvedObject.kind",
      within: ["involvedObject", "kind"],
    });
    const short = tests.compile({ field: kind, spec: "Pod", written: "kind", within: ["kind"] });
    expect([long, short]).toMatchObject([{ written: "involvedObject.kind" }, { written: "kind" }]);
  });
});

describe("compiled rules", () => {
  it("keep nothing of the files that they were written in", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const { rules, origin } = compiled();
    // A weak reference stays until the turn that made it is over.
    await setImmediate();
    collect();
    expect(origin.deref()).toBeUndefined();
    expect(rules.rules.map(({ name }) => name)).toEqual(["a", "b"]);
  });
});

function compiled() {
  const unit = readRuleFile(parseYaml("rules.yaml", RULES));
  const { rules, findings } = compileRules({
    units: [unit],
    reasonRows: [],
    eventTtlMs: 3_600_000,
  });
  expect(findings).toEqual([]);
  return { rules, origin: new WeakRef<Locator>(unit.origin) };
}
