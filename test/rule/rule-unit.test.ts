import { describe, expect, it } from "vitest";

import { formatFinding } from "../../src/lib/finding.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import { type CompiledRules, compileRules, readRuleFile, type RuleUnit } from "../../src/rule/index.ts";
import { makeUnit } from "../support/rule-units.ts";
import { makeEvent, ROWS } from "./make.ts";

const FILE = readRuleFile(
  parseYaml("r.yaml", "rules: [{ name: pods, match: { reason: BackOff }, labels: { tier: x } }]"),
);

function compile(...units: readonly RuleUnit[]): CompiledRules {
  return compileRules({ units, reasonRows: ROWS, eventTtlMs: 3_600_000 });
}

const namesOf = ({ rules }: CompiledRules): readonly string[] => rules.rules.map(({ name }) => name);
const of = (namespace: string, over: Parameters<typeof makeEvent>[0] = {}) =>
  makeEvent({ namespace, ...over, involvedObject: { namespace, ...over.involvedObject } });

describe("units of rules", () => {
  it("of which one has an error leave it out whole, when it says so, and the others go on", () => {
    const bad = makeUnit({
      origin: "rule shop/bad",
      rules: [
        { name: "fine", match: { reason: "A" }, labels: { own: "x" } },
        { name: "bad", match: { raeson: "A" } },
      ],
      drops: [{ name: "all", match: { type: "Warning" } }],
    });
    const good = makeUnit({ origin: "rule shop/good", rules: [{ name: "good", match: { reason: "A" } }] });
    const compiled = compile(FILE, bad, good);
    expect(namesOf(compiled)).toEqual(["pods", "good"]);
    expect(compiled.findings).toEqual([]);
    expect(compiled.reports.map(({ findings, ...report }) => [report, findings.map(formatFinding)])).toEqual([
      [
        { origin: "rule shop/bad", isInForce: false },
        ['rule shop/bad: spec.rules[1].match.raeson: unknown key "raeson"; did you mean "reason"?'],
      ],
      [{ origin: "rule shop/good", isInForce: true }, []],
    ]);
    expect(compiled.rules.match(makeEvent()).map(({ name }) => name)).toEqual(["pods"]);
    expect([...compiled.rules.labelNames]).toContain("tier");
    expect([...compiled.rules.labelNames]).not.toContain("own");
  });

  it.each([
    {
      what: "an error that only shows in a whole rule",
      rule: { name: "a", match: { reason: "A" }, except: { reason: "A" } },
      says: "takes everything that match takes",
    },
    {
      what: "a name that an earlier unit has",
      rule: { name: "pods", match: { reason: "A" } },
      says: "is also defined at r.yaml:1:17",
    },
  ])("are left out for $what", ({ rule, says }) => {
    const compiled = compile(FILE, makeUnit({ origin: "u", rules: [rule] }));
    expect(namesOf(compiled)).toEqual(["pods"]);
    expect(compiled.findings).toEqual([]);
    expect(compiled.reports).toMatchObject([{ isInForce: false, findings: [{ level: "error" }] }]);
    expect(compiled.reports[0]?.findings[0]?.message).toContain(says);
  });

  it("stay in force with a warning, which is addressed to them", () => {
    const rule = { name: "a", match: { reason: "A", type: "warning" } };
    const compiled = compile(makeUnit({ origin: "u", rules: [rule] }));
    expect(namesOf(compiled)).toEqual(["a"]);
    expect(compiled.reports).toMatchObject([
      { origin: "u", isInForce: true, findings: [{ level: "warning", path: "spec.rules[0].match.type" }] },
    ]);
  });

  it("that refuse everything address their findings to all, as rule files do", () => {
    const unit = makeUnit({ origin: "u", onError: "refuse", rules: [{ name: "a" }] });
    const { findings, reports } = compile(FILE, unit);
    expect(findings).toMatchObject([{ file: "u", level: "error", path: "spec.rules[0].match" }]);
    expect(reports).toEqual([]);
  });
});

describe("a unit with a scope", () => {
  const scoped = (rule: object, drops: readonly unknown[] = []): CompiledRules =>
    compile(FILE, makeUnit({ origin: "u", namespace: "shop", rules: [{ name: "own", ...rule }], drops }));
  const matched = ({ rules }: CompiledRules, ...event: Parameters<typeof of>): readonly string[] =>
    rules.match(of(...event)).map(({ name }) => name);

  it.each([
    { match: {} },
    { match: [{ reason: "BackOff" }, { kind: "Pod" }] },
    { match: { namespace: { like: "*" } } },
    { match: { metadata: { namespace: "shop" }, regarding: { namespace: ["shop", "pay"] } } },
    { match: { reason: "BackOff" }, when: "event.count > 0" },
  ])("sees only Events that lie in its namespace and are about objects in it: $match", (rule) => {
    const compiled = scoped(rule);
    expect(compiled.reports).toMatchObject([{ isInForce: true }]);
    expect(matched(compiled, "shop")).toEqual(["pods", "shop/own"]);
    expect(matched(compiled, "pay")).toEqual(["pods"]);
    expect(matched(compiled, "shop", { namespace: "pay" })).toEqual(["pods"]);
    expect(matched(compiled, "shop", { involvedObject: { kind: "Node", namespace: "" } })).toEqual(["pods"]);
  });

  it.each([
    { match: { namespace: "pay" }, path: "spec.rules[0].match.namespace" },
    { match: { metadata: { namespace: { not: "shop" } } }, path: "spec.rules[0].match.metadata.namespace" },
    {
      match: [{}, { involvedObject: { namespace: "pay" } }],
      path: "spec.rules[0].match[1].involvedObject.namespace",
    },
    {
      match: {},
      resolve: { by: [{ reason: "A", namespace: "pay" }] },
      path: "spec.rules[0].resolve.by[0].namespace",
    },
  ])("may not name another namespace: $path", ({ path, ...rule }) => {
    const { reports } = scoped(rule);
    const message = 'rules of this place see the namespace "shop" only; leave it out';
    expect(reports).toMatchObject([{ isInForce: false, findings: [{ level: "error", path, message }] }]);
  });

  it("ends its alerts only by Events of its namespace", () => {
    const { rules } = scoped({ match: { reason: "A" }, resolve: { by: [{ reason: "Fine" }] } });
    const [counter] = rules.byName.get("shop/own")?.resolve.by ?? [];
    expect(counter?.matches(of("shop", { reason: "Fine" }))).toBe(true);
    expect(counter?.matches(of("pay", { reason: "Fine" }))).toBe(false);
  });

  it("drops Events for its own rules only", () => {
    const compiled = scoped({ match: {} }, [{ name: "noise", match: { reason: "BackOff" } }]);
    expect(matched(compiled, "shop")).toEqual(["pods"]);
    expect(matched(compiled, "shop", { reason: "Other" })).toEqual(["shop/own"]);
    expect(compiled.rules.droppedBy(of("shop"))).toBeUndefined();
  });

  it("has no rule for what no other rule takes", () => {
    expect(scoped({ match: {}, fallback: true }).reports).toMatchObject([
      { isInForce: false, findings: [{ path: "spec.rules[0].fallback" }] },
    ]);
  });

  it("may have rules of names that others have, and labels that only its own routes know", () => {
    const rule = { name: "pods", match: {}, labels: { mine: "x" } };
    const units = ["shop", "pay"].map((namespace) =>
      makeUnit({ origin: namespace, namespace, rules: [rule] }),
    );
    const compiled = compile(FILE, ...units);
    expect(compiled.reports.map(({ isInForce }) => isInForce)).toEqual([true, true]);
    expect(namesOf(compiled)).toEqual(["pods", "shop/pods", "pay/pods"]);
    expect([...compiled.rules.labelNames]).not.toContain("mine");
  });
});
