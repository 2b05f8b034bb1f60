import { describe, expect, it } from "vitest";

import type { ClusterEvent } from "../../src/event/index.ts";
import type { CompiledRule } from "../../src/rule/index.ts";
import { makeEvent } from "../rule/make.ts";
import { CASES } from "./cases.ts";
import { CATALOGUE, eventsOf } from "./catalogue.ts";
import { compilePack, REASON_ROWS } from "./pack.ts";

const OTHER = "other-warnings";

const { rules, findings } = compilePack({ more: false });
const all = compilePack({ more: true });

describe("the rule pack", () => {
  it("loads without an error or a warning", () => {
    expect([...findings, ...all.findings]).toEqual([]);
    expect(rules.rules.length).toBeGreaterThan(40);
  });

  it.each(CASES)("$title: $rules", ({ event, rules: names }) => {
    expect(rules.match(event).map((rule) => rule.name)).toEqual(names);
  });

  it("has an Event for each rule", () => {
    const known = CATALOGUE.alert.flatMap(eventsOf).flatMap((event) => all.rules.match(event));
    const tried = new Set([...CASES.flatMap((each) => each.rules), ...known.map(({ name }) => name)]);
    expect(all.rules.rules.map((rule) => rule.name).filter((name) => !tried.has(name))).toEqual([]);
  });

  it.each(all.rules.rules)("$name says severity, title, text and how it ends", (rule) => {
    expect(rule.description).toMatch(/^[A-Z].{5,50}\.$/u);
    expect(rule.severity).toBeDefined();
    expect(rule.title).toBeDefined();
    expect(rule.text).toBeDefined();
    expect(rule.resolve.by !== undefined || rule.lifecycle !== undefined).toBe(true);
  });

  it.each(CASES.filter(({ rules: names }) => names.length > 0))("writes a headline for $title", (each) => {
    const [rule] = rules.match(each.event);
    expect(headline(rule, each.event)).toMatch(/^[A-Z][^:]{8,60}: \S.{2,}$/u);
  });

  it("writes a headline for everything that is known", () => {
    for (const event of CATALOGUE.alert.flatMap(eventsOf)) {
      for (const rule of all.rules.match(event))
        expect(headline(rule, event)).toMatch(/^[A-Z][^:]{8,60}: \S.*$/u);
    }
  });

  it("takes no Event about a Node that lies in a namespace, where others than the cluster's own may write", () => {
    const ofNodes = CASES.filter(
      ({ event, rules: names }) => event.involvedObject.kind === "Node" && names.length > 0,
    );
    expect(ofNodes.length).toBeGreaterThan(5);
    const taken = ofNodes.flatMap(({ event }) => {
      const involvedObject = { ...event.involvedObject, namespace: "evil" };
      return all.rules.match({ ...event, namespace: "evil", involvedObject }).map(({ name }) => name);
    });
    expect(taken).toEqual([]);
  });

  it("waits for counter-events that are known", () => {
    const known = new Set([...REASON_ROWS.map((row) => row.reason), ...CATALOGUE.known, "Provisioning"]);
    const named = [
      ...all.rules.rules
        .flatMap((rule) => rule.resolve.by ?? [])
        .flatMap((counter) => [...(counter.reasons ?? [])]),
      ...REASON_ROWS.flatMap((row) => row.counterEvents).map((counter) => counter.reason),
    ];
    expect(named.filter((reason) => !known.has(reason))).toEqual([]);
  });

  it("keeps the rule for all other Warnings switched off, and out of what others leave out on purpose", () => {
    expect(rules.byName.has(OTHER)).toBe(false);
    const others = compilePack({ more: false, overrides: { [OTHER]: { enabled: true } } });
    expect(others.findings).toEqual([]);
    const left = CASES.filter((each) => each.rules.length === 0);
    const caught = left.filter(({ event }) => others.rules.match(event).some(({ name }) => name === OTHER));
    expect(caught.map(({ event }) => event.reason)).toEqual(["UnmanagedPods"]);
  });
});

describe("the rule for all other Warnings", () => {
  const { rules: switchedOn } = compilePack({ more: false, overrides: { [OTHER]: { enabled: true } } });

  it.each([
    ["Warning", true],
    ["Error", true],
    ["warning", true],
    ["", true],
    ["Normal", false],
  ])("takes an Event of type %j: %s", (type, isTaken) => {
    const event = makeEvent({ type, reason: "provisioning failed", involvedObject: { kind: "Widget" } });
    expect(switchedOn.match(event).map(({ name }) => name)).toEqual(isTaken ? [OTHER] : []);
    const { source, involvedObject, message, count } = event;
    const keys = { type, reason: event.reason, namespace: "shop", kind: involvedObject.kind };
    const head = {
      ...keys,
      component: source.component,
      cluster: "",
      name: "",
      objectNamespace: "shop",
      eventNamespace: "shop",
    };
    expect(switchedOn.couldMatch({ head, message, count })).toBe(isTaken);
  });
});

describe("the reason table", () => {
  it("is sorted, and has no two rows for the same form", () => {
    const keys = REASON_ROWS.map((row) => [row.component, row.reason].join("/"));
    expect(keys).toEqual(keys.toSorted());
    const forms = REASON_ROWS.map((row) =>
      JSON.stringify([row.component, row.reason, row.kinds, row.type, row.contains]),
    );
    expect(new Set(forms).size).toBe(forms.length);
  });

  it("knows every reason that Kubernetes itself writes, but for those of extended resources", () => {
    const unknown = CASES.filter(({ event }) => rules.reasonRow(event) === undefined);
    expect(unknown.map(({ event }) => `${event.source.component} ${event.reason}`)).toEqual([
      "kubelet OutOfnvidia.com/gpu",
      "kernel-monitor OOMKilling",
      "karpenter Evicted",
      "cert-manager-certificates-issuing Failed",
      "tocsin NodeNotReady",
    ]);
  });

  it.each([
    { reason: "BackOff", of: "crash-loop", counters: [] },
    { reason: "BackOff", of: "image-pull-failing", counters: ["Pulled"] },
    { reason: "Failed", of: "image-pull-failing", counters: ["Pulled"] },
    { reason: "Failed", of: "container-config-error", counters: ["Created"] },
    { reason: "Failed", of: "container-start-failing", counters: ["Started"] },
    { reason: "EvictionThresholdMet", of: "node-memory-pressure", counters: ["NodeHasSufficientMemory"] },
    { reason: "EvictionThresholdMet", of: "node-disk-pressure", counters: ["NodeHasNoDiskPressure"] },
    { reason: "FailedAttachVolume", of: "volume-attached-elsewhere", counters: ["SuccessfulAttachVolume"] },
  ])("tells the form of $reason that $of is about from others", ({ counters, of, reason }) => {
    const events = CASES.filter((each) => each.rules.includes(of) && each.event.reason === reason);
    const rows = events.map(({ event }) => rules.reasonRow(event));
    expect(events.length).toBeGreaterThan(0);
    expect(rows.map((row) => row?.counterEvents.map((counter) => counter.reason))).toEqual(
      events.map(() => counters),
    );
  });
});

function headline(rule: CompiledRule | undefined, event: ClusterEvent): string | undefined {
  const { kind, name } = event.involvedObject;
  return rule?.title?.render({
    event,
    now: event.lastSeenAt,
    alert: {
      rule: rule.name,
      severity: "warning",
      status: "firing",
      occurrences: 3,
      startsAt: event.firstSeenAt,
      endsAt: undefined,
      labels: {},
      workload: `${kind}/${name}`,
      objects: [`${kind}/${name}`],
      resolvedBy: "",
    },
  });
}

/** One line of each message form, as the API server sent it, less managedFields. */
