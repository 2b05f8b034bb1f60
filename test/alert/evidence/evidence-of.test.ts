import { describe, expect, it } from "vitest";

import { evidenceOf } from "../../../src/alert/evidence/evidence-of.ts";
import type { Fact, FactContext } from "../../../src/alert/inquiry.ts";
import type { NotifiedEvidence } from "../../../src/alert/notified-evidence.ts";
import type { Member } from "../../../src/alert/state.ts";
import { type ObjectState, readObjectState } from "../../../src/object/index.ts";
import { podState, RECORDED_AT } from "../../object/recorded-pods.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { makeAlert, makeMember } from "../make.ts";

const CONTEXT: FactContext = { changes: [], replicaSets: {} };

function read(kind: string, body: object): ObjectState {
  const state = readObjectState(kind, { metadata: {}, ...body });
  if (state === undefined) throw new Error("no state");
  return state;
}

function replicaSet(revision: string, image: string, replicas: number, ready: number) {
  const state = read("ReplicaSet", {
    metadata: { annotations: { "deployment.kubernetes.io/revision": revision } },
    spec: { replicas, template: { spec: { containers: [{ image }] } } },
    status: { readyReplicas: ready },
  });
  if (state.kind !== "ReplicaSet") throw new Error("not a ReplicaSet");
  return state;
}

function memberOf(name: string, container: string, more: Partial<Member> = {}): Member {
  return makeMember(name, {
    key: `test/Pod/shop/${name}/${container}`,
    container,
    workload: "Deployment/web",
    ...more,
  });
}

/** The evidence about an alert with these members. @param known By key: what is known. */
function evidence(
  members: readonly Member[],
  known: Readonly<Record<string, ObjectState | "gone">>,
  context = CONTEXT,
  now = RECORDED_AT,
): NotifiedEvidence | undefined {
  const alert = makeAlert("f", { members, firstSeenAt: RECORDED_AT });
  const get = (object: string): Fact | undefined => {
    const found = known[object];
    return found === undefined ? undefined : { object, at: RECORDED_AT, found, context };
  };
  return evidenceOf(alert, { get }, now);
}

const killed = podState("reports", "renderer-5745d9d49-4pv7x");
const web = read("Deployment", {
  metadata: { annotations: { "deployment.kubernetes.io/revision": "12" } },
  spec: { replicas: 3 },
  status: { readyReplicas: 3, updatedReplicas: 1 },
});
const POD = "test/Pod/shop/a";
const WORKLOAD = "test/Deployment/shop/web";

describe("the probe for which a container is killed", () => {
  const REFUSED = "Liveness probe failed: connection refused";
  const probes = [{ container: "app", at: RECORDED_AT, message: REFUSED }];
  const killing = "Container app failed liveness probe, will be restarted";

  it("comes first, with its answer", () => {
    const found = evidence(
      [memberOf("a", "app", { message: killing })],
      { [POD]: killed },
      { ...CONTEXT, probes },
    );
    expect(found?.facts[0]).toEqual({ name: "probe", value: REFUSED, object: "Pod/a" });
    expect(found?.summary).toMatch(/^Liveness probe failed: connection refused/u);
  });

  it("explains no container that ended by itself, nor another one of the pod", () => {
    const context = { ...CONTEXT, probes };
    const crashed = memberOf("a", "app", { message: "Back-off restarting failed container app" });
    const other = memberOf("a", "proxy", {
      message: "Container proxy failed liveness probe, will be restarted",
    });
    for (const member of [crashed, other])
      expect(evidence([member], { [POD]: killed }, context)?.summary).not.toContain("Liveness");
  });
});

describe("evidence", () => {
  it("names how a container ended, with its limit", () => {
    const found = evidence([memberOf("a", "renderer")], { [POD]: killed });
    expect(found).toMatchObject({
      at: "2026-11-30T07:27:00.000Z",
      summary: "exit 137 OOMKilled after 16 s, limit 40Mi, 3 restarts",
      containers: [
        {
          object: "Pod/a",
          name: "renderer",
          memoryLimit: "40Mi",
          exit: { code: 137, reason: "OOMKilled", at: "2026-11-30T07:26:51.000Z", ranSeconds: 16 },
        },
      ],
      workload: null,
    });
  });

  it("says how the workload stands, and which rollout came before, with its image", () => {
    const found = evidence(
      [memberOf("a", "api")],
      { [POD]: podState("shop", "api-84dc6978bd-ptcbj"), [WORKLOAD]: web },
      {
        changes: [{ at: RECORDED_AT - 4000, what: "rollout", replicaSet: "web-new" }],
        replicaSets: {
          "web-new": replicaSet("12", "web:2", 1, 0),
          "web-old": replicaSet("11", "web:1", 3, 3),
        },
      },
    );
    expect(found?.summary).toBe(
      "exit 1 after < 1 s, 3 restarts · 1 of 1 new pods fails, 3 of 3 of revision 11 serve · " +
        "rollout to revision 12, image web:1 → web:2, 4 s before",
    );
    expect(found?.changes[0]).toEqual({
      at: "2026-11-30T07:26:56.000Z",
      what: "rollout",
      text: "rollout to revision 12, image web:1 → web:2, 4 s before",
    });
  });

  it("leaves out what came after the problem", () => {
    const changes = [{ at: RECORDED_AT + 60_000, what: "scaled" as const, from: 1, to: 3 }];
    const found = evidence([memberOf("a", "renderer")], { [POD]: killed }, { ...CONTEXT, changes });
    expect(found?.changes).toEqual([]);
  });

  it("names the missing thing of a message, also where no state is known", () => {
    const message = 'Error: secret "app-db" not found';
    expect(evidence([memberOf("a", "app", { message })], {})).toMatchObject({
      summary: "missing: Secret app-db",
      facts: [{ name: "missing", value: "Secret app-db", object: "" }],
    });
    const both = [memberOf("a", "app", { message }), memberOf("b", "app", { message })];
    expect(evidence(both, {})?.facts.filter(({ name }) => name === "missing")).toHaveLength(1);
  });

  it.each([
    ['pods "a" is forbidden: exceeded quota: team, requested: pods=1', "used up: ResourceQuota team"],
    ['failed calling webhook "inject.example.com": timeout', "failing: Webhook inject.example.com"],
  ])("does not call missing what is there: %s", (message, summary) => {
    expect(evidence([memberOf("a", "app", { message })], {})?.summary).toBe(summary);
  });

  it("tells ways to fail apart, and that all are on one node", () => {
    const names = ["a", "b", "c"];
    const found = evidence(
      names.map((name) => memberOf(name, name === "c" ? "api" : "renderer")),
      {
        [POD]: killed,
        "test/Pod/shop/b": killed,
        "test/Pod/shop/c": podState("shop", "api-84dc6978bd-ptcbj"),
      },
    );
    expect(found?.summary).toBe(
      "exit 137 OOMKilled after 16 s, limit 40Mi, 3 restarts (2 containers) · " +
        "exit 1 after < 1 s, 3 restarts · all on node node-1",
    );
  });

  describe("of a node", () => {
    const message = "Kubelet stopped posting node status.";
    const node = read("Node", {
      status: { conditions: [{ type: "Ready", status: "Unknown", reason: "NodeStatusUnknown", message }] },
    });
    const trouble = `node node-1, where Ready is Unknown: NodeStatusUnknown, ${message}`;

    it("says what is wrong with it, and that all are on it", () => {
      const found = evidence([memberOf("a", "app"), memberOf("b", "app")], { "test/Node//node-1": node });
      expect(found?.summary).toBe(`all on ${trouble}`);
      expect(found?.facts).toEqual([{ name: "node", value: `all on ${trouble}`, object: "Node/node-1" }]);
    });

    it("says so where only some of them are", () => {
      const members = [memberOf("a", "app"), memberOf("b", "app", { node: "node-2" })];
      expect(evidence(members, { "test/Node//node-1": node })?.summary).toBe(trouble);
    });

    it("says nothing of one that is well, or that lies in a namespace", () => {
      const well = read("Node", { status: { conditions: [{ type: "Ready", status: "True" }] } });
      const members = [memberOf("a", "app"), memberOf("b", "app")];
      expect(evidence(members, { "test/Node//node-1": well })).toBeUndefined();
      expect(evidence(members, { "test/Node/shop/node-1": node })).toBeUndefined();
    });

    it("says nothing by an answer that is older than a message may be", () => {
      const members = [memberOf("a", "app"), memberOf("b", "app")];
      const known = { "test/Node//node-1": node };
      expect(evidence(members, known, CONTEXT, RECORDED_AT + 15_001)).toBeUndefined();
      expect(evidence(members, known, CONTEXT, RECORDED_AT + 15_000)).toBeDefined();
    });
  });

  it("is about members that still have the problem", () => {
    const cleared = memberOf("a", "renderer", { clearedAt: RECORDED_AT });
    expect(evidence([cleared], { [POD]: killed })).toBeUndefined();
  });

  it("is undefined when nothing is known", () => {
    expect(evidence([memberOf("a", "app")], {})).toBeUndefined();
  });

  it("says that objects are gone that were there", () => {
    const [a, b] = ["a", "b"].map((name) =>
      memberOf(name, "app", { uid: `uid-${name}`, lastSeenAt: RECORDED_AT - 5000 }),
    );
    if (a === undefined || b === undefined) throw new Error("two members");
    expect(evidence([a], { [POD]: "gone" })?.summary).toBe("Pod a does not exist any more");
    const both = { [POD]: "gone", "test/Pod/shop/b": "gone" } as const;
    expect(evidence([a, b], both)?.summary).toBe("2 objects do not exist any more · all on node node-1");
  });

  it.each([
    ["that nothing proved to exist", { lastSeenAt: RECORDED_AT - 5000 }],
    ["of which something was heard after the look", { uid: "uid-a", lastSeenAt: RECORDED_AT + 1 }],
  ])("does not say that an object is gone %s", (_what, more) => {
    expect(evidence([memberOf("a", "app", more)], { [POD]: "gone" })).toBeUndefined();
  });

  it.each(Object.entries(HOSTILE_TEXTS))("keeps hostile status on bounded lines: %s", (_, text) => {
    const waiting = { reason: text, message: text };
    const pod = read("Pod", {
      spec: { containers: [{ name: "app", image: text, resources: { limits: { memory: text } } }] },
      status: {
        reason: text,
        message: text,
        containerStatuses: [{ name: "app", restartCount: 1, state: { waiting } }],
      },
    });
    const found = evidence([memberOf("a", "app", { message: text })], { [POD]: pod });
    const lines = [found?.summary, ...(found?.containers ?? []), ...(found?.facts ?? [])].map((each) =>
      typeof each === "object" ? ("value" in each ? each.value : each.text) : (each ?? ""),
    );
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(500);
      expect(line).not.toMatch(/[\n\r]/u);
    }
  });
});
