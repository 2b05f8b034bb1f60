import { describe, expect, it } from "vitest";

import { formatFinding } from "../../src/lib/finding.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import type { Glimpse } from "../../src/rule/compiled-rule.ts";
import { compileForwards } from "../../src/rule/index.ts";
import { makeEvent } from "./make.ts";

function forwardsOf(text: string): ReturnType<typeof compileForwards> {
  const document = parseYaml("tocsin.yaml", text);
  const { forward } = document.value as { forward: unknown };
  return compileForwards(
    { document, path: ["forward"], value: forward },
    { sinkNames: new Set(["hook", "log"]) },
  );
}

function glimpse(type: string, reason: string, kind: string, component: string): Glimpse {
  return { head: { type, reason, namespace: "shop", kind, component }, message: "", count: 1 };
}

describe("forwards", () => {
  const { forwards, findings } = forwardsOf(`
forward:
  - { name: all, except: { kind: Lease }, sinks: [log] }
  - { name: pods, match: { kind: Pod, reason: [BackOff, Failed] }, when: event.count > 1, sinks: [hook, log] }
  - { name: own, match: { source: tocsin }, sinks: [log] }
`);

  it.each([
    { title: "everything", event: makeEvent({ reason: "X" }), names: ["all"] },
    { title: "what matches", event: makeEvent({ count: 2 }), names: ["all", "pods"] },
    { title: "not where the condition does not hold", event: makeEvent(), names: ["all"] },
    { title: "not the exception", event: makeEvent({ involvedObject: { kind: "Lease" } }), names: [] },
    {
      title: "own Events only by name",
      event: makeEvent({ source: { component: "tocsin" } }),
      names: ["own"],
    },
  ])("take $title", ({ event, names }) => {
    expect(findings).toEqual([]);
    expect(forwards.match(event).map((forward) => forward.name)).toEqual(names);
  });

  it("know by its keys whether one could want an event", () => {
    const only = forwardsOf("forward: [{ name: a, match: { reason: A, kind: Pod }, sinks: [log] }]").forwards;
    expect(only.couldWant(glimpse("Normal", "A", "Pod", "x"))).toBe(true);
    expect(only.couldWant(glimpse("Normal", "A", "Node", "x"))).toBe(false);
    expect(only.couldWant(glimpse("Normal", "B", "Pod", "x"))).toBe(false);
    expect(forwards.couldWant(glimpse("", "", "", ""))).toBe(true);
    expect(forwardsOf("forward: []").forwards.couldWant(glimpse("Normal", "A", "Pod", "x"))).toBe(false);
  });

  it("explain themselves, and keep their version when only sinks change", () => {
    const [all, pods] = forwards.forwards;
    expect(all?.explain(makeEvent()).clauses).toEqual([
      { path: "except", ok: true, expected: "not { kind: Lease }", actual: "something else" },
    ]);
    expect(pods?.sinks).toEqual(["hook", "log"]);
    const version = (text: string): string | undefined =>
      forwardsOf(`forward: [${text}]`).forwards.forwards[0]?.version;
    expect(version("{ name: a, sinks: [log] }")).toBe(version("{ name: a, sinks: [hook] }"));
    expect(version("{ name: a, sinks: [log] }")).not.toBe(
      version("{ name: a, match: { kind: Pod }, sinks: [log] }"),
    );
  });

  it.each([
    { text: "forward: {}", finds: "tocsin.yaml:1:10: forward: expected a list of forwards" },
    {
      text: "forward:\n  - { name: a, sinks: [lgo] }",
      finds: 'tocsin.yaml:2:24: forward[0].sinks[0]: unknown sink "lgo"; did you mean "log"?',
    },
    {
      text: "forward:\n  - { name: a }",
      finds: "tocsin.yaml:2:5: forward[0].sinks: missing",
    },
    {
      text: "forward:\n  - { name: a, sinks: [log], severity: info }",
      finds:
        'tocsin.yaml:2:30: forward[0].severity: unknown key "severity"; known: name, match, except, when, sinks',
    },
    {
      text: "forward:\n  - { name: a, sinks: [log] }\n  - { name: a, sinks: [log] }",
      finds: 'tocsin.yaml:3:13: forward[1].name: there are two forwards "a"',
    },
    {
      text: "forward:\n  - { name: a, sinks: [log], when: event.x }",
      finds: expect.stringMatching(/^tocsin\.yaml:2:42: forward\[0\]\.when: "event" has no field "x"/u),
    },
    {
      text: "forward:\n  - { name: a, sinks: [log], match: { kind: pod } }",
      finds:
        'tocsin.yaml:2:45: warning: forward[0].match.kind: kinds are written as in manifests: "Pod", not "pod"',
    },
  ])("$text is found", ({ text, finds }) => {
    expect(forwardsOf(text).findings.map(formatFinding)).toEqual([finds]);
  });
});
