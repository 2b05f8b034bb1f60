import { describe, expect, it } from "vitest";

import { formatFinding } from "../../src/lib/finding.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import { compileRules, loadReasonTable, readRuleFile } from "../../src/rule/index.ts";
import { makeEvent, ROWS } from "./make.ts";

describe("loading the reason table", () => {
  it("fills what a row leaves out", () => {
    const text = JSON.stringify({
      reasons: [
        { reason: "A", lifecycle: "point", severity: "info", meaning: "m" },
        {
          component: "kubelet",
          reason: "B",
          kinds: ["Pod"],
          type: "Normal",
          contains: "x",
          lifecycle: "transition",
          severity: "warning",
          counter: [{ reason: "C" }, { reason: "D", kind: "Node", same: ["node"] }],
          quiet: "20m",
          series: true,
          meaning: "m",
        },
      ],
    });
    expect(loadReasonTable(text)).toEqual([
      {
        component: "",
        reason: "A",
        kinds: [],
        type: "",
        contains: "",
        lifecycle: "point",
        severity: "info",
        counterEvents: [],
        quietMs: undefined,
        series: false,
        meaning: "m",
      },
      {
        component: "kubelet",
        reason: "B",
        kinds: ["Pod"],
        type: "Normal",
        contains: "x",
        lifecycle: "transition",
        severity: "warning",
        counterEvents: [
          { component: "", reason: "C", kind: "", contains: "", same: ["object"] },
          { component: "", reason: "D", kind: "Node", contains: "", same: ["node"] },
        ],
        quietMs: 1_200_000,
        series: true,
        meaning: "m",
      },
    ]);
  });

  it.each([
    {
      text: '{ "reasons": [{ "reason": "A", "lifecycle": "pint", "severity": "info", "meaning": "m" }] }',
      says: "reasons[0].lifecycle",
    },
    { text: '{ "rows": [] }', says: 'unknown key "rows"' },
  ])("refuses $text", ({ text, says }) => {
    expect(() => loadReasonTable(text)).toThrow(says);
  });
});

describe("reasons in the configuration", () => {
  function withReasons(text: string): ReturnType<typeof compileRules> {
    const document = parseYaml("tocsin.yaml", text);
    const { reasons } = document.value as { reasons: unknown };
    return compileRules({
      units: [],
      reasons: { document, path: ["reasons"], value: reasons },
      reasonRows: ROWS,
      eventTtlMs: 3_600_000,
    });
  }

  it("come before all rows of the program; what they leave out comes from the row they cover", () => {
    const { rules, findings } = withReasons(
      "reasons: [{ reason: BackOff, severity: critical }, { reason: BackOff, kind: Job, severity: info }, { reason: Mine, lifecycle: point }]",
    );
    expect(findings).toEqual([]);
    const pull = makeEvent({ type: "Normal", message: 'Back-off pulling image "x"' });
    expect(rules.reasonRow(pull)).toMatchObject({ severity: "critical", lifecycle: "recurring" });
    expect(rules.reasonRow(pull)?.counterEvents.map(({ reason }) => reason)).toContain("Pulled");
    expect(rules.reasonRow(makeEvent())).toMatchObject({ severity: "critical", counterEvents: [] });
    expect(rules.reasonRow(makeEvent({ involvedObject: { kind: "Job" } }))?.severity).toBe("info");
    expect(rules.reasonRow(makeEvent({ reason: "Mine" }))).toMatchObject({
      lifecycle: "point",
      severity: "warning",
      counterEvents: [],
      meaning: "Mine",
    });
  });

  it("count among the rows whose counter-events rules lean on", () => {
    const document = parseYaml("r.yaml", "rules: [{ name: r, match: { reason: BackOff } }]");
    const unit = readRuleFile(document);
    const value = [{ reason: "BackOff", counter: [{ reason: "Fine" }] }];
    const input = { units: [unit], reasonRows: ROWS, cluster: "x", eventTtlMs: 3_600_000 };
    const fine = makeEvent({ type: "Normal", reason: "Fine" });
    expect(compileRules({ ...input, reasons: { document, path: [], value } }).rules.couldCounter(fine)).toBe(
      true,
    );
    expect(compileRules(input).rules.couldCounter(fine)).toBe(false);
  });

  it.each([
    { text: "reasons: {}", finds: "tocsin.yaml:1:10: reasons: expected a list of rows" },
    {
      text: "reasons:\n  - { reason: A, kinds: [Pod] }",
      finds: 'tocsin.yaml:2:18: reasons[0].kinds: unknown key "kinds"; did you mean "kind"?',
    },
  ])("$finds", ({ text, finds }) => {
    expect(withReasons(text).findings.map(formatFinding)).toEqual([finds]);
  });
});
