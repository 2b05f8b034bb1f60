import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { Fact } from "../../src/alert/index.ts";
import { type ApiClient, connect } from "../../src/kube/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type LogFields, silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { createLookUps } from "../../src/lookup/index.ts";
import { runCommand } from "../cli/run-command.ts";
import { type ControlPlane, isControlPlaneMissing, startControlPlane } from "../support/control-plane.ts";
import { until } from "../support/until.ts";

const LONGHORN = {
  group: "longhorn.io",
  resource: "nodes",
  kind: "Node",
  healthy: { type: "Ready", status: "True" },
};

/** Rules about pods and nodes, and about nothing else: claims stay out of the role. */
const CONFIGURATION = {
  cluster: "test",
  kubernetes: { inspect: [LONGHORN] },
  rules: [
    { name: "pod-broken", match: { kind: "Pod", reason: "Broken" } },
    { name: "node-broken", match: { kind: "Node", reason: "Broken" } },
  ],
  sinks: [{ name: "out", type: "stdout" }],
  route: { sinks: ["out"] },
};

interface Made {
  readonly metadata: { readonly uid: string };
}

/** A control plane with an account that has the role which `tocsin rbac` prints. */
class StateCluster implements AsyncDisposable {
  readonly plane: ControlPlane;
  readonly warnings: (LogFields | undefined)[] = [];
  readonly #directory = mkdtempSync(join(tmpdir(), "tocsin-states-"));
  #client: ApiClient | undefined;
  #ask: ((object: string, apiVersion: string) => Promise<Fact["found"]>) | undefined;

  private constructor(plane: ControlPlane) {
    this.plane = plane;
  }

  static async start(): Promise<StateCluster> {
    const cluster = new StateCluster(await startControlPlane());
    for (const name of ["tocsin", "shop"])
      await cluster.create("/api/v1/namespaces", {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name },
      });
    await cluster.create("/api/v1/namespaces/shop/serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default" },
    });
    await cluster.#connect(await cluster.#installRole());
    return cluster;
  }

  find(object: string, apiVersion = ""): Promise<Fact["found"]> {
    if (this.#ask === undefined) throw new Error("not connected");
    return this.#ask(object, apiVersion);
  }

  create(path: string, body: object): Promise<Made> {
    return this.send("POST", path, body);
  }

  async send(method: string, path: string, body?: object): Promise<Made> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const answer = await this.plane.request(path, {
      method,
      headers: { "content-type": type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    // The API server answers with the object.
    return JSON.parse(text) as Made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client?.close();
    await this.plane.stop();
    rmSync(this.#directory, { recursive: true });
  }

  /** @returns The token of the account. */
  async #installRole(): Promise<string> {
    writeFileSync(join(this.#directory, "tocsin.yaml"), JSON.stringify(CONFIGURATION));
    const { stdout } = await runCommand(["rbac", "--json"], { cwd: this.#directory });
    const { items } = JSON.parse(stdout) as { readonly items: readonly { readonly kind: string }[] };
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    for (const item of items)
      await this.create(
        item.kind === "ServiceAccount"
          ? "/api/v1/namespaces/tocsin/serviceaccounts"
          : `${rbac}/${item.kind.toLowerCase()}s`,
        item,
      );
    const answer = await this.create("/api/v1/namespaces/tocsin/serviceaccounts/tocsin/token", {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: {},
    });
    // A TokenRequest that was answered has its token.
    return (answer as unknown as { readonly status: { readonly token: string } }).status.token;
  }

  async #connect(token: string): Promise<void> {
    const kubeconfig = join(this.#directory, "kubeconfig");
    writeFileSync(kubeconfig, this.plane.kubeconfig.replace(this.plane.token, token));
    const client = await connect(
      { kubeconfig, context: "" },
      { env: {}, clock: systemClock, log: silentLogger },
    );
    this.#client = client;
    // RBAC is learnt by a watch, a moment after it was written.
    await until(() =>
      client
        .getJson("/api/v1/namespaces/shop/pods/none")
        .catch((error: unknown) => String(error).includes("404")),
    );
    const { states } = createLookUps({
      enrich: "state",
      cluster: "test",
      namespaces: [],
      inspected: () => [LONGHORN],
      keepsTexts: () => false,
      client,
      clock: systemClock,
      log: { ...silentLogger, warn: (_, fields) => void this.warnings.push(fields) },
      metrics: new Metrics(),
    });
    this.#ask = (object, apiVersion) =>
      new Promise((resolve) => {
        states?.ask([{ object, apiVersion, purpose: "hint" }], ({ found }) => resolve(found));
      });
  }
}

describe.skipIf(isControlPlaneMissing())(
  "the state of objects of a real API server, by the role of rbac",
  () => {
    it("is read of objects that are there, and is gone for those that are not", async () => {
      await using cluster = await StateCluster.start();
      const pods = "/api/v1/namespaces/shop/pods";
      const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "web-1", annotations: { note: "canary" } },
        spec: {
          containers: [
            {
              name: "app",
              image: "registry.example/web:1",
              args: ["canary"],
              env: [{ name: "A", value: "canary" }],
              resources: { limits: { memory: "40Mi" } },
            },
          ],
        },
      };
      const made = await cluster.create(pods, pod);
      const terminated = { exitCode: 137, reason: "OOMKilled", finishedAt: "2026-06-01T10:00:00Z" };
      await cluster.send("PATCH", `${pods}/web-1/status`, {
        status: {
          phase: "Running",
          containerStatuses: [
            {
              name: "app",
              image: "registry.example/web:1",
              imageID: "",
              ready: false,
              restartCount: 3,
              state: { waiting: { reason: "CrashLoopBackOff" } },
              lastState: { terminated },
            },
          ],
        },
      });
      const found = await cluster.find("test/Pod/shop/web-1", "v1");
      expect(found).toMatchObject({
        kind: "Pod",
        uid: made.metadata.uid,
        phase: "Running",
        containers: [
          {
            name: "app",
            memoryLimit: "40Mi",
            restarts: 3,
            waiting: { reason: "CrashLoopBackOff" },
            lastTerminated: { exitCode: 137, reason: "OOMKilled" },
          },
        ],
      });
      expect(JSON.stringify(found)).not.toContain("canary");

      // A pod of the same name is another one.
      await cluster.send("DELETE", `${pods}/web-1?gracePeriodSeconds=0`);
      expect(await cluster.find("test/Pod/shop/web-1")).toBe("gone");
      const again = await cluster.create(pods, pod);
      expect(again.metadata.uid).not.toBe(made.metadata.uid);
      expect(await cluster.find("test/Pod/shop/web-1")).toMatchObject({ uid: again.metadata.uid });

      for (const object of ["Deployment/shop/none", "CronJob/shop/none", "Node//none", "Pod/nowhere/none"])
        expect([object, await cluster.find(`test/${object}`)]).toEqual([object, "gone"]);
      expect(cluster.warnings).toEqual([]);
    });

    it("is unknown where the role does not allow it, and where the path is not served", async () => {
      await using cluster = await StateCluster.start();
      await cluster.create("/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name: "w1" } });
      expect(await cluster.find("test/Node//w1")).toMatchObject({ kind: "Node" });
      expect(await cluster.find("test/PersistentVolumeClaim/shop/none")).toBe("unknown");
      expect(await cluster.find("test/Node/longhorn-system/w1", "longhorn.io/v1beta2")).toBe("unknown");
      expect(cluster.warnings).toEqual([
        {
          resource: "persistentvolumeclaims",
          namespace: "shop",
          error: "the API server answered 403",
        },
        {
          resource: "nodes.longhorn.io",
          namespace: "longhorn-system",
          error: "the API server answered 404",
        },
      ]);
    });
  },
);
