import { describe, expect, it } from "vitest";

import { ApiError, ownPodOf } from "../../src/kube/index.ts";
import type { Report } from "../../src/reporter/index.ts";
import { OwnEvents } from "../../src/self/own-events.ts";
import { findOwnObject } from "../../src/self/own-object.ts";
import { AppBed, broken } from "../support/app-bed.ts";

const POD = { namespace: "monitoring", name: "tocsin-5d4-x", uid: "uid-pod" };
const owner = (kind: string, name: string): object => ({
  metadata: {
    ownerReferences: [{ apiVersion: "apps/v1", kind, name, uid: `uid-${name}`, controller: true }],
  },
});

function clientOf(answers: Readonly<Record<string, object>>) {
  const asked: string[] = [];
  return {
    asked,
    getJson: (path: string) => {
      asked.push(path);
      const body = answers[path];
      if (body !== undefined) return Promise.resolve({ status: 200, body, date: undefined });
      const refusal = { status: 403, retryAfterMs: undefined };
      return Promise.reject(ApiError.from(`GET ${path}`, undefined, refusal));
    },
  };
}

const POD_PATH = "/api/v1/namespaces/monitoring/pods/tocsin-5d4-x";
const SET_PATH = "/apis/apps/v1/namespaces/monitoring/replicasets/tocsin-5d4";

describe("the object that the bridge's own Events are about", () => {
  it.each([
    [
      "its Deployment",
      { [POD_PATH]: owner("ReplicaSet", "tocsin-5d4"), [SET_PATH]: owner("Deployment", "tocsin") },
      { apiVersion: "apps/v1", kind: "Deployment", name: "tocsin", uid: "uid-tocsin" },
    ],
    [
      "its ReplicaSet where that may not be asked",
      { [POD_PATH]: owner("ReplicaSet", "tocsin-5d4") },
      { kind: "ReplicaSet", name: "tocsin-5d4" },
    ],
    [
      "its StatefulSet",
      { [POD_PATH]: owner("StatefulSet", "tocsin") },
      { kind: "StatefulSet", name: "tocsin" },
    ],
    [
      "its Pod where nothing may be asked",
      {},
      { apiVersion: "v1", kind: "Pod", name: POD.name, uid: POD.uid },
    ],
    [
      "its Pod where somebody owns it who does not control it",
      {
        [POD_PATH]: {
          metadata: { ownerReferences: [{ apiVersion: "v1", kind: "Node", name: "n", uid: "u" }] },
        },
      },
      { kind: "Pod", name: POD.name },
    ],
    ["its Pod where nobody owns it", { [POD_PATH]: { metadata: {} } }, { kind: "Pod", name: POD.name }],
    ["its Pod when the answer is none", { [POD_PATH]: { metadata: [] } }, { kind: "Pod", name: POD.name }],
  ])("is %s", async (_, answers, expected) => {
    expect(await findOwnObject(POD, clientOf(answers))).toMatchObject({
      namespace: "monitoring",
      ...expected,
    });
  });

  it("is named by the environment, and by nothing less than name and namespace", () => {
    const env = { TOCSIN_POD_NAME: "a", TOCSIN_POD_NAMESPACE: "b", TOCSIN_POD_UID: "c" };
    expect(ownPodOf(env)).toEqual({ name: "a", namespace: "b", uid: "c" });
    expect(ownPodOf({ ...env, TOCSIN_POD_UID: undefined })).toEqual({ name: "a", namespace: "b", uid: "" });
    expect(ownPodOf({ ...env, TOCSIN_POD_NAME: "" })).toBeUndefined();
    expect(ownPodOf({})).toBeUndefined();
  });
});

describe("an Event about the bridge itself", () => {
  it("is a Warning while a trouble lasts and a Normal one when it is over; the object is asked for once", async () => {
    const reports: Report[] = [];
    const client = clientOf({});
    const events = new OwnEvents(
      {
        report: (report) => (
          reports.push(report),
          { refused: undefined, settled: new Promise(() => undefined) }
        ),
      },
      POD,
      client,
    );
    const trouble = {
      key: "sink:ops",
      severity: "warning",
      title: "sink ops is broken",
      text: "401",
      of: [],
    } as const;
    await events.tell({ trouble, status: "firing", since: 0, times: 1 });
    await events.tell({ trouble, status: "resolved", since: 0, times: 1 });
    await events.tell({ trouble: { ...trouble, key: "new kind" }, status: "firing", since: 0, times: 1 });
    expect(reports).toMatchObject([
      { type: "Warning", reason: "SinkFailing", action: "Run", note: "sink ops is broken. 401" },
      { type: "Normal", reason: "SinkRecovered", note: "Over: sink ops is broken. 401" },
      { type: "Warning", reason: "Trouble" },
    ]);
    expect(reports[0]?.regarding).toMatchObject({ kind: "Pod", name: POD.name });
    expect(client.asked).toEqual([POD_PATH]);
  });

  it("is written where the Pod is named, and starts no alert of its own", async () => {
    await using bed = await AppBed.open({ speed: 50 });
    Object.assign(bed.env, { TOCSIN_POD_NAME: "tocsin-5d4-x", TOCSIN_POD_NAMESPACE: "monitoring" });
    const namespace = { method: "POST", body: '{"metadata":{"name":"monitoring"}}' };
    await fetch(`${bed.api.url}/api/v1/namespaces`, namespace);
    // A rule that matches every Event there is.
    bed.write("rules.yaml", "rules: [{ name: it, match: {}, severity: critical }]");
    await bed.ready();
    bed.write("rules.yaml", "rules: [{ name: it, macth: {} }]");
    const events = async (): Promise<readonly unknown[]> => {
      const answer = await fetch(`${bed.api.url}/apis/events.k8s.io/v1/namespaces/monitoring/events`);
      return ((await answer.json()) as { items: readonly unknown[] }).items;
    };
    await bed.until(async () => (await events()).length === 1);
    expect(await events()).toMatchObject([
      {
        type: "Warning",
        reason: "ConfigRejected",
        note: expect.stringContaining("the changed configuration is refused"),
        reportingController: "tocsin",
        reportingInstance: "tocsin-5d4-x",
        regarding: { kind: "Pod", namespace: "monitoring", name: "tocsin-5d4-x" },
      },
    ]);
    // Something else is told, so the bridge was still listening: its own Event came before and was not.
    bed.api.create(broken("web"));
    const titles = (): string => bed.receiver.bodies().join("\n");
    await bed.until(() => titles().includes("web"));
    expect(titles()).not.toContain("ConfigRejected");
    expect(bed.receiver.bodies().filter((body) => body.includes('"rule":"it"'))).toHaveLength(1);
  });

  it("is written nowhere outside of a Pod", async () => {
    await using bed = await AppBed.open({ speed: 50 });
    await bed.ready();
    bed.write("rules.yaml", "rules: [{ name: it, macth: {} }]");
    await bed.until(() => bed.receiver.requests.length > 0);
    expect(bed.api.stats().events).toBe(0);
  });
});
