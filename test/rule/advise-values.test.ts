import { describe, expect, it } from "vitest";

import { CATALOGUE } from "../rules/catalogue.ts";
import { compileFiles } from "./make.ts";

/** The messages about a rule that matches this. */
function adviceOn(match: string): readonly string[] {
  const { lines } = compileFiles({ "r.yaml": `rules:\n  - { name: r, match: ${match} }` });
  return lines.map((line) => line.replace(/^.*?warning: rules\[0\]\./u, ""));
}

describe("a reason that no Event has", () => {
  it.each([
    ["CrashLoopBackOff", "a state of a container", "BackOff with message: { contains: Back-off restarting }"],
    ["ImagePullBackOff", "a state of a container", "BackOff with message: { contains: Back-off pulling }"],
    ["ErrImagePull", "a state of a container", "Failed; builtin rule image-pull-failing"],
    ["InvalidImageName", "a state of a container", "write InspectFailed"],
    ["CreateContainerConfigError", "a state of a container", "builtin rule container-config-error"],
    ["CreateContainerError", "a state of a container", "builtin rule container-start-failing"],
    ["OOMKilled", "the end of a container", "no Event says so; ask by state: { container: "],
    [
      "ProgressDeadlineExceeded",
      "a condition of a Deployment",
      "no Event says so; match what stops its pods",
    ],
    ["DeploymentRollback", "written only for an annotation", "no Event says that kubectl rollout undo"],
    ["DiskPressure", "a condition of a Node", "write NodeHasDiskPressure"],
  ])("%s is named as %s, with what to write", (reason, nature, instead) => {
    const [advice, ...more] = adviceOn(`{ reason: ${reason} }`);
    expect([advice, more]).toEqual([expect.stringContaining(`match.reason: ${reason} is ${nature}`), []]);
    expect(advice).toContain(instead);
  });

  it("is named in a list, in exceptions and in counter-events too", () => {
    expect(adviceOn("{ reason: [CrashLoopBackOff, BackOff, OOMKilled], kind: Pod }")).toHaveLength(2);
    const { lines } = compileFiles({
      "r.yaml":
        "rules:\n  - { name: r, match: { reason: A }, except: { reason: OOMKilled }, resolve: { by: [{ reason: Running, kind: Pod }] } }",
    });
    expect(lines).toEqual([
      expect.stringContaining("except.reason: OOMKilled is"),
      expect.stringContaining("resolve.by[0].reason: Running is a phase of a Pod"),
    ]);
  });

  it("may be the reason of another program", () => {
    expect(adviceOn("{ reason: Pending, kind: Workload }")).toEqual([]);
    expect(adviceOn("{ reason: Error }")).toEqual([]);
    expect(adviceOn("{ reason: OOMKilled, source: my-operator }")).toEqual([]);
    expect(adviceOn("{ reason: Error, kind: Pod }")).toEqual([expect.stringContaining("Error is the end")]);
  });
});

describe("a misspelt reason", () => {
  it.each([
    ["{ reason: MissedSchedule, kind: CronJob }", "MissSchedule"],
    ["{ reason: Backoff, kind: Pod }", "BackOff"],
    ["{ reason: FailedSchedulling }", "FailedScheduling"],
    ["{ reason: [FailedMounts], source: kubelet }", "FailedMount"],
  ])("%s is a wish for %s", (match, meant) => {
    expect(adviceOn(match)).toEqual([expect.stringContaining(`did you mean ${meant}?`)]);
  });

  it.each([
    "{ reason: Backoff, kind: Widget }",
    "{ reason: FailedMounts, source: my-operator }",
    "{ reason: SyncFailed }",
  ])("%s may be one of another program", (match) => {
    expect(adviceOn(match)).toEqual([]);
  });

  it("is no reason that a known component writes", () => {
    const known = CATALOGUE.alert.filter(({ reason }) => !reason.includes("<"));
    const wrong = known.flatMap(({ reason, kinds: [kind] }) => [
      ...adviceOn(`{ reason: ${JSON.stringify(reason)}, kind: ${kind ?? "Pod"} }`),
      ...adviceOn(`{ reason: ${JSON.stringify(reason)} }`),
    ]);
    expect(known.length).toBeGreaterThan(100);
    expect(wrong.filter((line) => line.includes("did you mean"))).toEqual([]);
  });
});

describe("a type that the Events of a reason never have", () => {
  it.each([
    ["{ reason: NodeNotReady, kind: Node, type: Warning }", "NodeNotReady is always of type Normal"],
    ["{ reason: [Killing, Scheduled], type: Warning }", "Killing, Scheduled is always of type Normal"],
    ["{ reason: FailedScheduling, type: Normal }", "FailedScheduling is always of type Warning"],
  ])("%s: %s", (match, message) => {
    expect(adviceOn(match)).toEqual([expect.stringContaining(`match.type: ${message}: leave type out`)]);
  });

  it.each([
    "{ reason: NodeNotReady, kind: Pod, type: Warning }",
    "{ reason: NodeNotReady, type: Warning }",
    "{ reason: BackOff, type: Warning }",
    "{ reason: [Killing, FailedScheduling], type: Warning }",
    "{ reason: [Killing, OwnReason], type: Warning }",
    "{ reason: Scheduled, source: my-scheduler, type: Warning }",
    "{ reason: Scheduled, kind: Widget, type: Warning }",
  ])("%s is nothing of the sort", (match) => {
    expect(adviceOn(match)).toEqual([]);
  });
});

describe("the apiVersion of a Node", () => {
  it("is nothing to match, since not everybody writes it", () => {
    expect(adviceOn("{ reason: NodeReady, involvedObject: { kind: Node, apiVersion: v1 } }")).toEqual([
      expect.stringContaining("apiVersion: not every component writes the apiVersion of a Node"),
    ]);
    expect(
      adviceOn("{ reason: A, involvedObject: { kind: Node, apiVersion: longhorn.io/v1beta2 } }"),
    ).toEqual([]);
  });
});
