import { describe, expect, it } from "vitest";

import { compileFiles, rulesOf } from "./make.ts";

const NOTHING =
  "means nothing beside absent: the rule fires when nothing comes, and the next occurrence ends it";

function findingsOf(rule: string): readonly string[] {
  const { findings } = compileFiles({ "r.yaml": `rules:\n  - { name: r, ${rule} }` });
  return findings.map(({ level, path, message }) => `${level} ${path}: ${message}`);
}

describe("a rule with absent", () => {
  it.each([
    ["threshold", "threshold: { count: 2, within: 5m }"],
    ["for", "for: 5m"],
    ["resolve", "resolve: { quiet: 5m }"],
  ])("has no %s", (key, text) => {
    expect(findingsOf(`match: { reason: A }, absent: { within: 2h }, ${text}`)).toEqual([
      `error rules[0].${key}: ${NOTHING}`,
    ]);
  });

  it("is warned of when series of its reason are published less often", () => {
    expect(findingsOf("match: { reason: Scheduled }, absent: { within: 39m }")).toEqual([
      "warning rules[0].absent.within: repeats of Scheduled are published up to 30 minutes late, so 39m without one say nothing; wait for 40m at least",
    ]);
    expect(findingsOf("match: { reason: Scheduled }, absent: { within: 40m }")).toEqual([]);
    expect(findingsOf("match: { reason: A }, absent: { within: 5m }")).toEqual([]);
  });

  it("needs a time, and whole objects", () => {
    expect(findingsOf("match: { reason: A }, absent: {}")).toEqual([
      expect.stringContaining("error rules[0].absent.within: "),
    ]);
    expect(findingsOf("match: { reason: A }, absent: { within: 2h, expect: [{ name: x }] }")).toEqual([
      expect.stringContaining("error rules[0].absent.expect[0].kind: "),
    ]);
  });

  it("lasts until an occurrence, whatever the reason table says", () => {
    const [rule] = rulesOf(
      "rules: [{ name: r, match: { reason: SawCompletedJob }, absent: { within: 26h } }]",
    ).rules;
    expect(rule).toMatchObject({
      lifecycle: "transition",
      resolve: { by: [] },
      absent: { withinMs: 93_600_000 },
    });
  });
});
