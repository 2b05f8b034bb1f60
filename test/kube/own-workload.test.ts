import { describe, expect, it } from "vitest";

import { ApiError, findOwnWorkload, ownPodOf } from "../../src/kube/index.ts";

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

describe("the workload of this process", () => {
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
    expect(await findOwnWorkload(POD, clientOf(answers))).toMatchObject({
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
