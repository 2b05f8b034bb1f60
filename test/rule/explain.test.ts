import { describe, expect, it } from "vitest";

import { explainRules } from "../../src/rule/index.ts";
import { makeEvent, rulesOf } from "./make.ts";

describe("explaining", () => {
  const rules = rulesOf(`
rules:
  - name: pull
    match: { reason: [BackOff, Failed], message: { regex: pull }, involvedObject: { labels: { app: web } } }
    except: [{ namespace: kube-system }, { namespace: shop, kind: Pod }]
    when: event.count > 3
  - name: either
    match: [{ reason: BackOff }, { kind: Node }]
  - { name: rest, match: { type: Warning }, fallback: true }
drop:
  - { name: noise, match: { reason: Noise } }
`);

  it("tells every clause, also those after the first that failed", () => {
    const [pull] = explainRules(rules, makeEvent({ count: 4 }));
    expect(pull).toEqual({
      rule: "pull",
      matched: false,
      near: true,
      otherAlternatives: 0,
      clauses: [
        { path: "match.reason", ok: true, expected: "BackOff | Failed", actual: "BackOff" },
        { path: "match.involvedObject.labels.app", ok: false, expected: "web", actual: "" },
        {
          path: "match.message",
          ok: false,
          expected: 'regex "pull"',
          actual: "Back-off restarting failed container app in pod web-1_shop",
        },
        { path: "except[0]", ok: true, expected: "not { namespace: kube-system }", actual: "something else" },
        { path: "except[1]", ok: false, expected: "not { kind: Pod, namespace: shop }", actual: "just that" },
        { path: "when", ok: true, expected: "event.count > 3", actual: "true" },
      ],
    });
  });

  it("tells why a fallback stood back", () => {
    const [, , rest] = explainRules(rules, makeEvent());
    expect(rest?.matched).toBe(false);
    expect(rest?.clauses.at(-1)).toEqual({
      path: "fallback",
      ok: false,
      expected: "no ordinary rule matches",
      actual: '"either" matches',
    });
    expect(explainRules(rules, makeEvent({ reason: "X" })).at(-1)?.matched).toBe(true);
  });

  it("names the drop", () => {
    const explained = explainRules(rules, makeEvent({ reason: "Noise" }));
    expect(explained.every(({ matched }) => !matched)).toBe(true);
    expect(explained.map(({ clauses }) => clauses.find(({ path }) => path === "drop")?.actual)).toEqual(
      Array.from({ length: 3 }, () => 'dropped by "noise"'),
    );
  });

  it("says why Tocsin's own Events match nothing", () => {
    const explained = explainRules(rules, makeEvent({ source: { component: "tocsin" } }));
    expect(explained[1]?.matched).toBe(false);
    expect(explained[1]?.clauses[1]).toEqual({
      path: "match[0].source.component",
      ok: false,
      expected: "tocsin by name: its own Events match nothing else",
      actual: "tocsin",
    });
  });

  it.each([
    {
      title: "the one that holds",
      event: {},
      list: "[{ kind: Node }, { reason: BackOff, kind: Pod }, { reason: BackOff }]",
      expected: {
        near: false,
        otherAlternatives: 0,
        clauses: ["match[1].reason: true", "match[1].kind: true"],
      },
    },
    {
      title: "the one with the fewest failed clauses",
      event: {},
      list: "[{ reason: X, kind: Node }, { reason: BackOff, kind: Node }, { reason: X, message: y, kind: Pod }]",
      expected: {
        near: true,
        otherAlternatives: 2,
        clauses: ["match[1].reason: true", "match[1].kind: false"],
      },
    },
    {
      title: "the first of several that come as close",
      event: {},
      list: "[{ kind: Node }, { reason: X }]",
      expected: { near: false, otherAlternatives: 1, clauses: ["match[0].kind: false"] },
    },
    {
      title: "the first for an Event of Tocsin itself",
      event: { source: { component: "tocsin" } },
      list: "[{ reason: BackOff }, { kind: Node }]",
      expected: {
        near: true,
        otherAlternatives: 1,
        clauses: ["match[0].reason: true", "match[0].source.component: false"],
      },
    },
  ])("tells of one alternative only: $title", ({ event, list, expected }) => {
    const [explained] = explainRules(rulesOf(`rules: [{ name: it, match: ${list} }]`), makeEvent(event));
    expect({
      near: explained?.near,
      otherAlternatives: explained?.otherAlternatives,
      clauses: explained?.clauses.map(({ path, ok }) => `${path}: ${ok}`),
    }).toEqual(expected);
  });

  it("cuts what an Event says", () => {
    const [pull] = explainRules(rules, makeEvent({ message: "x".repeat(5000) }));
    expect(pull?.clauses.find(({ path }) => path === "match.message")?.actual).toHaveLength(200);
  });
});
