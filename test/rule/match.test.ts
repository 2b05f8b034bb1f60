import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { type ClusterEvent, normalise, type RawEvent } from "../../src/event/index.ts";
import { makeEvent, rulesOf } from "./make.ts";

function matches(match: string, event: ClusterEvent): boolean {
  return rulesOf(`rules: [{ name: r, match: ${match} }]`).match(event).length === 1;
}

describe("the fields of a match", () => {
  const event = makeEvent({
    action: "Pulling",
    count: 7,
    type: "Warning",
    source: { component: "kubelet", host: "node-1" },
    involvedObject: {
      fieldPath: "spec.containers{app}",
      container: "app",
      labels: { app: "web" },
      annotations: { note: "x" },
      owner: { kind: "Deployment", name: "web" },
    },
    related: { kind: "Node", name: "node-1", namespace: "", labels: { zone: "a" } },
    labels: { team: "shop" },
    annotations: { "tocsin.dev/severity": "info" },
    namespaceLabels: { tier: "gold" },
  });

  it.each([
    { match: "{ type: Warning }", not: "{ type: Normal }" },
    { match: "{ reason: BackOff }", not: "{ reason: Backoff }" },
    { match: "{ reason: [A, BackOff] }", not: "{ reason: [A, B] }" },
    { match: "{ action: Pulling }", not: "{ action: pulling }" },
    { match: "{ message: { contains: restarting } }", not: "{ message: restarting }" },
    { match: "{ note: { regex: '^Back-off' } }", not: "{ note: { regex: '^off' } }" },
    { match: "{ count: 7 }", not: "{ count: 8 }" },
    { match: "{ count: { gte: 7, lt: 8 } }", not: "{ count: { gt: 7 } }" },
    { match: "{ source: kubelet }", not: "{ source: [scheduler] }" },
    { match: "{ source: { like: 'kube*' } }", not: "{ source: { not: kubelet } }" },
    {
      match: "{ source: { component: kubelet, host: node-1 } }",
      not: "{ source: { component: kubelet, host: n } }",
    },
    { match: "{ component: kubelet }", not: "{ component: x }" },
    { match: "{ reportingComponent: kubelet }", not: "{ reportingComponent: x }" },
    { match: "{ reportingController: kubelet }", not: "{ reportingController: x }" },
    { match: "{ host: node-1 }", not: "{ host: node-2 }" },
    { match: "{ reportingInstance: node-1 }", not: "{ reportingInstance: node-2 }" },
    { match: "{ kind: Pod }", not: "{ kind: Node }" },
    { match: "{ name: { like: 'web-*' } }", not: "{ name: web }" },
    { match: "{ namespace: shop }", not: "{ namespace: { not: shop } }" },
    { match: "{ container: app }", not: "{ container: '' }" },
    {
      match: "{ involvedObject: { kind: Pod, name: web-1 } }",
      not: "{ involvedObject: { kind: Pod, name: web-2 } }",
    },
    { match: "{ regarding: { kind: Pod, uid: p1 } }", not: "{ regarding: { apiVersion: v2 } }" },
    {
      match: "{ involvedObject: { fieldPath: { contains: app } } }",
      not: "{ involvedObject: { fieldPath: app } }",
    },
    {
      match: "{ involvedObject: { labels: { app: web } } }",
      not: "{ involvedObject: { labels: { app: web, x: y } } }",
    },
    {
      match: "{ involvedObject: { labels: { nope: '' } } }",
      not: "{ involvedObject: { labels: { toString: { like: '*function*' } } } }",
    },
    {
      match: "{ involvedObject: { annotations: { note: x } } }",
      not: "{ involvedObject: { annotations: { note: y } } }",
    },
    {
      match: "{ regarding: { owner: { kind: Deployment, name: web } } }",
      not: "{ regarding: { owner: { kind: Job } } }",
    },
    { match: "{ related: { kind: Node, namespace: '' } }", not: "{ related: { kind: Pod } }" },
    { match: "{ related: { labels: { zone: a } } }", not: "{ related: { labels: { zone: b } } }" },
    { match: "{ metadata: { namespace: shop, name: web-1.1 } }", not: "{ metadata: { name: web-1 } }" },
    { match: "{ metadata: { labels: { team: shop } } }", not: "{ metadata: { labels: { team: pay } } }" },
    {
      match: "{ metadata: { annotations: { tocsin.dev/severity: info } } }",
      not: "{ metadata: { annotations: { x: y } } }",
    },
    { match: "{ namespaceLabels: { tier: gold } }", not: "{ namespaceLabels: { tier: lead } }" },
    { match: "{}", not: "{ reason: X, kind: Pod }" },
    { match: "[{ reason: X }, { kind: Pod }]", not: "[{ reason: X }, { kind: Node }]" },
  ])("$match holds, $not does not", ({ match, not }) => {
    expect(matches(match, event)).toBe(true);
    expect(matches(not, event)).toBe(false);
  });

  it("uses the Event's namespace where it lies elsewhere than its object", () => {
    const foreign = makeEvent({ namespace: "evil", involvedObject: { namespace: "shop" } });
    expect(matches("{ namespace: shop }", foreign)).toBe(false);
    expect(matches("{ involvedObject: { namespace: evil } }", foreign)).toBe(true);
    const node = makeEvent({ namespace: "default", involvedObject: { kind: "Node", namespace: "" } });
    expect(matches("{ namespace: '' }", node)).toBe(true);
    const rules = rulesOf(
      "rules: [{ name: r, match: {}, when: event.namespace == 'evil' && event.regarding.namespace == 'evil' }]",
    );
    expect(rules.match(foreign)).toHaveLength(1);
  });

  it("leaves Tocsin's own Events alone unless the matcher names the component", () => {
    const own = makeEvent({ reason: "SinkBroken", source: { component: "tocsin" } });
    expect(matches("{}", own)).toBe(false);
    expect(matches("{ source: { not: kubelet } }", own)).toBe(false);
    expect(matches("{ reason: SinkBroken }", own)).toBe(false);
    expect(matches("{ reason: SinkBroken, source: tocsin }", own)).toBe(true);
    expect(matches("[{ reason: SinkBroken }, { component: [kubelet, tocsin] }]", own)).toBe(true);
  });
});

describe("except and when", () => {
  const text = `
rules:
  - name: r
    match: { reason: BackOff }
    except: [{ namespace: kube-system }, { name: { like: "ci-*" }, kind: Pod }]
    when: event.count > 2 && !event.message.matches("(?i)ignored")
`;
  it.each([
    { event: makeEvent({ count: 3 }), matched: true },
    { event: makeEvent({ count: 2 }), matched: false },
    { event: makeEvent({ count: 3, message: "IGNORED" }), matched: false },
    { event: makeEvent({ count: 3, involvedObject: { name: "ci-1" } }), matched: false },
    {
      event: makeEvent({ count: 3, namespace: "kube-system", involvedObject: { namespace: "kube-system" } }),
      matched: false,
    },
  ])("case %#: $matched", ({ event, matched }) => {
    expect(rulesOf(text).match(event).length === 1).toBe(matched);
  });

  it("does not match where the condition fails, and stops nothing else", () => {
    const rules = rulesOf(`
rules:
  - { name: fails, match: { reason: BackOff }, when: event.metadata.labels.team == 'x' }
  - { name: works, match: { reason: BackOff } }
`);
    expect(rules.match(makeEvent()).map((rule) => rule.name)).toEqual(["works"]);
    expect(rules.byName.get("fails")?.explain(makeEvent()).clauses.at(-1)).toMatchObject({
      path: "when",
      ok: false,
      actual: expect.stringContaining("no such key: team"),
    });
  });

  it("sees every field with a default", () => {
    const fields = [
      "event.type + event.reason + event.action + event.message + event.note",
      "event.source.component + event.source.host + event.component + event.reportingComponent",
      "event.reportingController + event.host + event.reportingInstance",
      "event.involvedObject.owner.kind + event.regarding.fieldPath + event.related.name",
      "event.namespace + event.kind + event.name + event.container",
      "event.metadata.name + event.metadata.namespace + event.cluster + cluster",
    ].join(" + ");
    const condition = `(${fields}) != '' && event.count >= 1 && event.firstSeen <= event.lastSeen && event.namespaceLabels.size() == 0`;
    expect(
      rulesOf(`rules: [{ name: r, match: {}, when: ${JSON.stringify(condition)} }]`).match(makeEvent()),
    ).toHaveLength(1);
  });
});

describe("old- and new-style Events of both APIs", () => {
  const pairs = readFileSync(new URL("../fixtures/events/both-apis.jsonl", import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { core: RawEvent; events: RawEvent });
  const rules = rulesOf(`
rules:
  - { name: scheduling, match: { reason: FailedScheduling, reportingController: default-scheduler, message: { contains: nodes } } }
  - { name: create, match: { reason: FailedCreate, source: { like: "*-controller" }, count: { gte: 2 } } }
  - { name: node, match: { regarding: { kind: Node }, component: node-controller, type: Normal } }
  - { name: by-cel, match: { kind: Pod }, when: "event.reportingComponent == event.source.component && event.note == event.message" }
  - { name: job, match: { involvedObject: { kind: Job }, reason: BackoffLimitExceeded } }
`);

  it.each(pairs.map(({ core, events }) => ({ reason: String(core.reason), core, events })))(
    "$reason is matched alike in both forms",
    ({ core, events }) => {
      const names = (raw: RawEvent): string[] => rules.match(normalise(raw, "prod")).map((rule) => rule.name);
      expect(names(core)).toEqual(names(events));
      expect(rules.reasonRow(normalise(core, "prod"))).toBe(rules.reasonRow(normalise(events, "prod")));
    },
  );

  it("matches each of the fixtures it names", () => {
    const all = new Set(
      pairs.flatMap(({ core }) => rules.match(normalise(core, "prod")).map((rule) => rule.name)),
    );
    expect([...all].toSorted()).toEqual(["by-cel", "create", "job", "node", "scheduling"]);
  });
});
