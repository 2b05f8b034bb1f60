import { describe, expect, it } from "vitest";

import { type ObjectState, readObjectState } from "../../src/object/index.ts";
import { explainRules } from "../../src/rule/explain.ts";
import type { CompiledRule } from "../../src/rule/index.ts";
import { compileFiles, makeEvent, rulesOf } from "./make.ts";

function pod(status: object): ObjectState {
  const containers = [{ name: "app" }, { name: "log" }];
  const state = readObjectState("Pod", { metadata: {}, spec: { containers }, status });
  if (state === undefined) throw new Error("no state");
  return state;
}

function ruleWith(state: string): CompiledRule {
  const [rule] = rulesOf(`rules: [{ name: r, match: { reason: Started }, state: ${state} }]`).rules;
  if (rule === undefined) throw new Error("no rule");
  return rule;
}

const KILLED = pod({
  phase: "Running",
  conditions: [{ type: "Ready", status: "False" }],
  containerStatuses: [
    {
      name: "app",
      ready: true,
      restartCount: 4,
      lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
    },
    { name: "log", ready: false, restartCount: 0, state: { waiting: { reason: "CrashLoopBackOff" } } },
  ],
});

describe("conditions on the state of an object", () => {
  it.each([
    ["{ container: { lastTerminated: { reason: OOMKilled } } }", "app", true],
    ["{ container: { lastTerminated: { reason: OOMKilled } } }", "log", false],
    ["{ container: { lastTerminated: { reason: OOMKilled } } }", "", true],
    ["{ container: { lastTerminated: { reason: Error } } }", "app", false],
    ["{ container: { lastTerminated: { exitCode: { gte: 128 } } } }", "app", true],
    ["{ container: { lastTerminated: { exitCode: 137 } } }", "app", true],
    ["{ container: { restarts: { gt: 4 } } }", "app", false],
    ["{ container: { waiting: { reason: { like: Crash* } } } }", "log", true],
    ["{ container: { waiting: { reason: { not: X } } } }", "app", false],
    ["{ container: { ready: false } }", "log", true],
    ["{ container: { ready: false } }", "app", false],
    // Both have to hold of one container.
    ["{ container: { ready: false, lastTerminated: { reason: OOMKilled } } }", "", false],
    ["{ phase: Running, conditions: { Ready: 'False' } }", "", true],
    ["{ phase: [Pending, Failed] }", "", false],
    ["{ conditions: { Ready: 'True' } }", "", false],
    ["{ conditions: { Other: { not: 'True' } } }", "", false],
  ])("%s of container %o: %o", (state, container, holds) => {
    expect(ruleWith(state).state?.holds(KILLED, container)).toBe(holds);
  });

  it("do not hold of objects that have no containers", () => {
    const node = readObjectState("Node", { metadata: {} });
    if (node === undefined) throw new Error("no state");
    expect(ruleWith("{ container: { ready: false } }").state?.holds(node, "")).toBe(false);
  });

  it.each([
    ["{}", "state: empty: name at least one condition"],
    ["{ phase: Failed, containr: {} }", 'state.containr: unknown key "containr"; did you mean "container"?'],
    ["{ container: { lastTerminated: { exitCode: OOM } } }", "state.container.lastTerminated.exitCode: "],
  ])("are checked: %s", (state, finds) => {
    const { lines } = compileFiles({
      "r.yaml": `rules:\n  - { name: r, match: { reason: A }, state: ${state} }`,
    });
    expect(lines).toEqual([expect.stringContaining(`rules[0].${finds}`)]);
  });

  it("belong to the version of the match, and change that of no other rule", () => {
    const of = (rest: string): string | undefined =>
      rulesOf(`rules: [{ name: r, match: { reason: A }${rest} }]`).rules[0]?.matchVersion;
    expect(of(", state: { phase: Failed }")).not.toBe(of(""));
    // As it was before rules had such conditions: an upgrade makes no rule new.
    expect(of("")).toBe("7d615ff73201d06f2fcc");
  });

  it("are unknown to explain, which looks nothing up", () => {
    const rules = rulesOf("rules: [{ name: r, match: { reason: Started }, state: { phase: Failed } }]");
    expect(explainRules(rules, makeEvent({ reason: "Started" }))).toMatchObject([
      {
        matched: false,
        clauses: [
          { path: "match.reason", ok: true },
          { path: "state", ok: false, expected: "phase Failed" },
        ],
      },
    ]);
  });
});
