import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { connect } from "../../src/kube/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { LookUp } from "../../src/lookup/index.ts";
import { type ControlPlane, isControlPlaneMissing, startControlPlane } from "../support/control-plane.ts";

interface Created {
  readonly metadata: { readonly name: string; readonly uid: string };
}

async function create(plane: ControlPlane, path: string, body: object): Promise<Created> {
  const answer = await plane.request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as Created;
}

const LABELS = { app: "web" };
const SPEC = { containers: [{ name: "app", image: "registry.example/web:1" }] };
const TEMPLATE = { metadata: { labels: LABELS }, spec: SPEC };

function ownedBy(apiVersion: string, kind: string, { metadata: { name, uid } }: Created): object {
  return { ownerReferences: [{ apiVersion, kind, name, uid, controller: true }] };
}

describe.skipIf(isControlPlaneMissing())("who owns a pod, asked of a real API server", () => {
  it("is its deployment, by metadata of pod and replica set alone", async () => {
    await using plane = await startControlPlane();
    const apps = "/apis/apps/v1/namespaces/default";
    // Made by a controller that does not run here; where it is there already, so much the better.
    await create(plane, "/api/v1/namespaces/default/serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default" },
    }).catch(() => undefined);
    const deployment = await create(plane, `${apps}/deployments`, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: { selector: { matchLabels: LABELS }, template: TEMPLATE },
    });
    const replicas = await create(plane, `${apps}/replicasets`, {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: { name: "web-5d4", ...ownedBy("apps/v1", "Deployment", deployment) },
      spec: { selector: { matchLabels: LABELS }, template: TEMPLATE },
    });
    await create(plane, "/api/v1/namespaces/default/pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web-5d4-x", labels: LABELS, ...ownedBy("apps/v1", "ReplicaSet", replicas) },
      spec: SPEC,
    });
    const kubeconfig = join(mkdtempSync(join(tmpdir(), "tocsin-owners-")), "kubeconfig");
    writeFileSync(kubeconfig, plane.kubeconfig);
    const client = await connect(
      { kubeconfig, context: "" },
      { env: {}, clock: systemClock, log: silentLogger },
    );
    try {
      const lookUp = new LookUp({
        cluster: "test",
        namespaces: [],
        keepsTexts: () => false,
        client,
        clock: systemClock,
        log: silentLogger,
        metrics: new Metrics(),
      });
      const rows = await lookUp.find(["test/Pod/default/web-5d4-x", "test/Pod/default/gone"]);
      expect(Object.fromEntries(rows.map(({ object, owner }) => [object, owner]))).toEqual({
        "test/Pod/default/web-5d4-x": "ReplicaSet/web-5d4",
        "test/ReplicaSet/default/web-5d4": "Deployment/web",
        "test/Pod/default/gone": "",
      });
    } finally {
      await client.close();
    }
  });
});
