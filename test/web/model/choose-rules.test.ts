import { describe, expect, it } from "vitest";

import { chooseRules, type RuleChoice } from "../../../web/model/choose-rules.ts";

type Rule = Parameters<typeof chooseRules>[0][number];

function makeRule(
  name: string,
  open: number,
  work: { readonly alerts?: number; readonly messages?: number } = {},
): Rule {
  const { alerts = 0, messages = 0 } = work;
  const stats = {
    activitySince: null,
    since: "2026-06-01T00:00:00.000Z",
    occurrences: 0,
    alerts,
    messages,
    suppressed: {},
    lastMessageAt: null,
  };
  return {
    name,
    description: `About ${name}.`,
    fallback: false,
    severity: "warning",
    lifecycle: null,
    threshold: { count: 1, withinMs: 0, distinct: 1 },
    forMs: 0,
    resolve: { by: null, quietMs: null, maxAgeMs: null, when: null, text: "" },
    sinks: ["ops"],
    title: null,
    runbook: null,
    alerts: { pending: 0, firing: open },
    stats,
    source: null,
    yaml: null,
  };
}

describe("chooseRules", () => {
  const rules = [
    makeRule("b", 0),
    makeRule("a", 0, { alerts: 2, messages: 25 }),
    makeRule("c", 3, { alerts: 3, messages: 1 }),
  ];
  const chosen = (choice: RuleChoice, text = ""): string =>
    chooseRules(rules, { choice, text })
      .map(({ name }) => name)
      .join("");

  it.each([
    { choice: "all", expected: "cab" },
    { choice: "fires", expected: "c" },
    { choice: "never", expected: "b" },
    { choice: "noisy", expected: "a" },
  ] as const)("finds $expected for $choice", ({ choice, expected }) => {
    expect(chosen(choice)).toBe(expected);
  });

  it("finds words in name, description and sinks", () => {
    expect(chosen("all", "b. ops")).toBe("b");
    expect(chosen("all", "nowhere")).toBe("");
  });
});
