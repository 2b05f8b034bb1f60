import { describe, expect, it } from "vitest";

import { formatFinding } from "../../src/lib/finding.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import { compileRules, readRuleFile, type RuleInput } from "../../src/rule/index.ts";
import { compileFiles, ROWS } from "./make.ts";

const POINT =
  "a point is over as it begins, so only complete can end it; " +
  "leave when out, or say that it lasts: lifecycle: recurring or transition";

/** The findings of a rule that says `when`, without its place. */
function findingsOf(rule: string, input: Partial<RuleInput> = {}): readonly string[] {
  const { findings } = compileFiles({ "r.yaml": `rules:\n  - { name: r, ${rule} }` }, input);
  return findings.map(({ level, path, message }) => `${level} ${path}: ${message}`);
}

describe("the state that proves an end", () => {
  it.each([
    ["by its own lifecycle", "match: { reason: A, kind: Pod }, lifecycle: point, resolve: { when: ready }"],
    ["by the reason table", "match: { reason: Evicted, kind: Pod }, resolve: { when: started }"],
  ])("is refused for a point, %s", (_, rule) => {
    expect(findingsOf(rule)).toEqual([`error rules[0].resolve.when: ${POINT}`]);
  });

  it("is named with line and column where it is refused", () => {
    const text =
      "rules:\n  - name: r\n    match: { reason: A, kind: Pod }\n    lifecycle: point\n    resolve:\n      when: ready";
    expect(compileFiles({ "r.yaml": text }).lines).toEqual([`r.yaml:6:13: rules[0].resolve.when: ${POINT}`]);
  });

  it.each([
    "match: { reason: BackoffLimitExceeded, kind: Job }, resolve: { when: complete }",
    "match: { reason: A, kind: CronJob }, lifecycle: point, resolve: { when: complete }",
    // The rule says that it lasts, whatever the table says.
    "match: { reason: Evicted, kind: Pod }, lifecycle: recurring, resolve: { when: ready }",
    // One of its reasons lasts.
    "match: { reason: [FailedMount, Evicted], kind: Pod }, lifecycle: transition, resolve: { when: ready }",
    "match: { reason: A }, resolve: { when: ready }",
    "match: { reason: A, kind: HorizontalPodAutoscaler }, resolve: { when: condition }",
  ])("is taken where it can be: %s", (rule) => {
    expect(findingsOf(rule, { inspect: [] })).toEqual([]);
  });

  it("is refused where no object has it", () => {
    expect(findingsOf("match: { reason: A, kind: Node }, resolve: { when: ready }")).toEqual([
      "error rules[0].resolve.when: the state of a Node never says ready; only that of a Pod does",
    ]);
  });

  it("is warned of where some objects do not have it", () => {
    const rule = "match: { reason: A, kind: [Job, Pod] }, resolve: { when: complete }";
    expect(findingsOf(rule)).toEqual([
      "warning rules[0].resolve.when: the state of a Pod never says complete; only that of a Job or CronJob does",
    ]);
  });

  it("is not there for kinds that kubernetes.inspect does not name", () => {
    const rule = "match: { reason: A, kind: Widget }, resolve: { when: condition }";
    const finding = (what: string): string =>
      `warning rules[0].resolve.when: kubernetes.inspect names ${what}, so nobody looks at the condition and quiet decides`;
    expect(findingsOf(rule, { inspect: [] })).toEqual([finding("no Widget")]);
    expect(findingsOf(rule, { inspect: [{ kind: "Gadget" }] })).toEqual([finding("no Widget")]);
    expect(findingsOf(rule, { inspect: [{ kind: "Widget" }] })).toEqual([]);
    expect(findingsOf(rule)).toEqual([]);
    const any = "match: { reason: A }, resolve: { when: condition }";
    expect(findingsOf(any, { inspect: [] })).toEqual([finding("no kind")]);
    expect(findingsOf(any, { inspect: [{ kind: "Widget" }] })).toEqual([]);
  });

  it("is not the user's business in a rule that ships", () => {
    const text = "rules: [{ name: r, match: { reason: A, kind: Widget }, resolve: { when: condition } }]";
    const unit = { ...readRuleFile(parseYaml("builtin/r", text)), isShipped: true };
    expect(
      compileRules({ units: [unit], reasonRows: ROWS, eventTtlMs: 3_600_000, inspect: [] }).findings,
    ).toEqual([]);
  });
});

describe("a rule that needs states where nobody reads them", () => {
  const when = "match: { reason: A, kind: Pod }, resolve: { when: ready }";
  const state =
    "match: { reason: Started, kind: Pod }, state: { container: { lastTerminated: { reason: OOMKilled } } }";

  it("is warned of", () => {
    const why = "kubernetes.enrich is owners, so nobody reads the state of objects";
    expect([when, state].map((rule) => findingsOf(rule, { enrich: "owners" }))).toEqual([
      [`warning rules[0].resolve.when: ${why}, and only Events, quiet or age end it`],
      [`warning rules[0].state: ${why}, and the rule never fires`],
    ]);
    for (const rule of [when, state]) expect(findingsOf(rule, { enrich: "state" })).toEqual([]);
  });

  it("is not, where it ships", () => {
    const text = `rules: [{ name: r, ${when} }]`;
    const unit = { ...readRuleFile(parseYaml("builtin/r", text)), isShipped: true };
    const input = { units: [unit], reasonRows: ROWS, eventTtlMs: 3_600_000, enrich: "off" } as const;
    expect(compileRules(input).findings).toEqual([]);
  });
});

describe("the state in a row of the reason table", () => {
  function linesOf(row: string): readonly string[] {
    const document = parseYaml("tocsin.yaml", `reasons:\n  - { ${row} }`);
    const { reasons } = document.value as { reasons: unknown };
    const { findings } = compileRules({
      units: [],
      reasonRows: ROWS,
      reasons: { document, path: ["reasons"], value: reasons },
      eventTtlMs: 3_600_000,
      inspect: [],
    });
    return findings.map(formatFinding);
  }

  it("is checked as that of a rule", () => {
    expect(linesOf("reason: Evicted, when: ready")).toEqual([`tocsin.yaml:2:30: reasons[0].when: ${POINT}`]);
    expect(linesOf("reason: Mine, kind: Node, when: ready")).toEqual([
      "tocsin.yaml:2:39: reasons[0].when: the state of a Node never says ready; only that of a Pod does",
    ]);
    expect(linesOf("reason: Mine, kind: Pod, lifecycle: point, when: ready")).toEqual([
      `tocsin.yaml:2:56: reasons[0].when: ${POINT}`,
    ]);
    expect(linesOf("reason: Mine, kind: Pod, when: ready")).toEqual([]);
  });
});
