import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";

import { makeKeyPair } from "../../examples/mutating-webhook/certificate.ts";
import { type ReadWorkload, type Workload, workloadOf } from "../../examples/mutating-webhook/owner.ts";
import { InjectionReports } from "../../examples/mutating-webhook/reporting.ts";
import type { PatchStep, Pod } from "../../examples/mutating-webhook/review.ts";
import { createWebhookServer } from "../../examples/mutating-webhook/server.ts";
import { createWebhook } from "../../examples/mutating-webhook/webhook.ts";
import type { Report, Reporter } from "../../src/reporter/index.ts";
import { until } from "../support/until.ts";

const PROFILE = "injector.shop.example/profile";
const OWNER = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d4", uid: "uid-rs", controller: true };
const DEPLOYMENT = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "uid-d", controller: true };

let server: Server;
let reported: Report[];
let cluster: Record<string, Workload>;
let reports: InjectionReports;
let profiles: string;

beforeEach(async () => {
  reported = [];
  cluster = {
    "ReplicaSet/web-5d4": { uid: "uid-rs", owners: [DEPLOYMENT], annotations: { [PROFILE]: "databse" } },
    "Deployment/web": { uid: "uid-d", owners: [], annotations: { [PROFILE]: "databse" } },
  };
  profiles = join(mkdtempSync(join(tmpdir(), "tocsin-webhook-")), "profiles.json");
  writeFileSync(profiles, readFileSync("examples/mutating-webhook/profiles.json"));
  // Only what the webhook uses of it; test/cluster has the real one.
  const reporter = { report: (report: Report) => reported.push(report) } as unknown as Reporter;
  reports = new InjectionReports(reporter, async ({ kind, name }) => cluster[`${kind}/${name}`]);
  server = createServer(createWebhook({ profiles, reports }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => server.close());

async function post(body: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mutate`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
}

interface Answer {
  readonly uid: string;
  readonly allowed: boolean;
  readonly warnings?: readonly string[];
  readonly patch?: string;
}

async function review(
  pod: object,
  request: { readonly dryRun?: boolean } = {},
): Promise<Answer & { readonly steps: readonly PatchStep[] }> {
  const answer = await post(
    JSON.stringify({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      request: { uid: "r-1", namespace: "shop", object: pod, ...request },
    }),
  );
  expect(answer.status).toBe(200);
  const { response } = (await answer.json()) as { response: Answer };
  const text = Buffer.from(response.patch ?? "", "base64").toString();
  return { ...response, steps: text === "" ? [] : (JSON.parse(text) as PatchStep[]) };
}

function pod(profile?: string, spec: object = { containers: [{ name: "app" }] }): object {
  const annotations = profile === undefined ? {} : { annotations: { [PROFILE]: profile } };
  return { metadata: { generateName: "web-5d4-", ownerReferences: [OWNER], ...annotations }, spec };
}

describe("the mutating webhook of examples/", () => {
  it("adds what is missing, and keeps what the author wrote", async () => {
    const env = [{ name: "DATABASE_URL", value: "postgres://mine" }];
    const spec = {
      containers: [
        { name: "app", env },
        { name: "sidecar", env: [{ name: "A", value: "b" }] },
      ],
      initContainers: [{ name: "first" }],
    };
    const { allowed, uid, steps } = await review(pod("database", spec));
    expect({ allowed, uid }).toEqual({ allowed: true, uid: "r-1" });
    expect(steps).toEqual([
      {
        op: "add",
        path: "/spec/containers/1/env/-",
        value: { name: "DATABASE_URL", value: "postgres://database.shop.svc:5432/shop" },
      },
      {
        op: "add",
        path: "/spec/initContainers/0",
        value: {
          name: "injected-wait",
          image: "registry.example/wait-for:1.4",
          args: ["database.shop.svc:5432"],
        },
      },
    ]);
  });

  it("asks for nothing when it is asked a second time", async () => {
    const env = [{ name: "DATABASE_URL", value: "x" }];
    const spec = { containers: [{ name: "app", env }], initContainers: [{ name: "injected-wait" }] };
    expect(await review(pod("database", spec))).toMatchObject({ allowed: true, steps: [] });
  });

  it("leaves Pods alone that do not ask", async () => {
    expect(await review(pod())).toMatchObject({ allowed: true, steps: [] });
    expect(reported).toEqual([]);
  });

  it.each([
    ["databse", 'there is no injection profile "databse"'],
    ["constructor", 'there is no injection profile "constructor"'],
    ["../secrets", 'there is no injection profile "../secrets"'],
  ])(
    "lets a Pod in that asks for %s, with a warning, and reports it on the Deployment",
    async (profile, why) => {
      const { allowed, steps, warnings } = await review(pod(profile));
      expect({ allowed, steps }).toEqual({ allowed: true, steps: [] });
      expect(warnings).toEqual([`injector.shop.example: ${why}`]);
      await until(() => reported.length === 1);
      expect(reported[0]).toEqual({
        regarding: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          namespace: "shop",
          name: "web",
          uid: "uid-d",
        },
        type: "Warning",
        reason: "InjectionFailed",
        action: "Inject",
        note: `A Pod was let in without its injection: ${why}`,
      });
    },
  );

  it.each([
    ["is gone", () => writeFileSync(profiles, "")],
    ["has a profile without an image", () => writeFileSync(profiles, '{"database":{"env":{}}}')],
  ])("lets Pods in when its file %s", async (_, damage) => {
    damage();
    expect(await review(pod("database"))).toMatchObject({ allowed: true, steps: [] });
    await until(() => reported.length === 1);
  });

  it("writes nothing on a dry run", async () => {
    await review(pod("databse"));
    await until(() => reported.length === 1);
    expect(await review(pod("databse"), { dryRun: true })).toMatchObject({ allowed: true });
    expect((await review(pod("database"), { dryRun: true })).steps).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(reported).toHaveLength(1);
  });

  it("tells once that it works again, and never when nothing had failed", async () => {
    await review(pod("database"));
    await review(pod("databse"));
    await until(() => reported.length === 1);
    await review(pod("database"));
    await until(() => reported.length === 2);
    await review(pod("database"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(reported.map(({ reason, type }) => `${type} ${reason}`)).toEqual([
      "Warning InjectionFailed",
      "Normal InjectionRecovered",
    ]);
  });

  it("says that it is over when the workload no longer asks, which no Pod shows", async () => {
    await review(pod("databse"));
    await until(() => reported.length === 1);
    await reports.lookAgain();
    expect(reported).toHaveLength(1);
    cluster["Deployment/web"] = { uid: "uid-d", owners: [], annotations: {} };
    await reports.lookAgain();
    await reports.lookAgain();
    expect(reported.slice(1)).toEqual([
      expect.objectContaining({
        regarding: expect.objectContaining({ kind: "Deployment", name: "web", uid: "uid-d" }),
        reason: "InjectionRecovered",
        note: "Its Pods ask for no injection any more",
      }),
    ]);
  });

  it("forgets a workload that was deleted or made anew", async () => {
    await review(pod("databse"));
    await until(() => reported.length === 1);
    cluster["Deployment/web"] = { uid: "another", owners: [], annotations: {} };
    await reports.lookAgain();
    expect(reported).toHaveLength(1);
  });

  it("ends nothing for an owner that a review merely claims", async () => {
    await review(pod("databse"));
    await until(() => reported.length === 1);
    const forged = { ...OWNER, kind: "Deployment", name: "web", uid: "a guess" };
    for (const profile of ["database", "databse"]) {
      await review({
        ...pod(profile),
        metadata: { name: "x", ownerReferences: [forged], annotations: { [PROFILE]: profile } },
      });
    }
    await until(() => reported.length === 2);
    expect(reported.map(({ reason, regarding }) => [reason, regarding.kind, regarding.name])).toEqual([
      ["InjectionFailed", "Deployment", "web"],
      ["InjectionFailed", "Pod", "x"],
    ]);
  });

  it("refuses what is no review, and says nothing of it", async () => {
    for (const body of ["not json: canary", "{}", '{"apiVersion":"v1"}']) {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(await answer.text()).not.toContain("canary");
    }
    expect(await review({ kind: "Node" })).toMatchObject({ allowed: true, steps: [] });
  });
});

describe("its port", () => {
  const TLS = "test/fixtures/tls";
  const certificate = (name: string) => ({
    cert: readFileSync(`${TLS}/${name}.pem`),
    key: readFileSync(`${TLS}/${name}-key.pem`),
  });

  /** The status of a POST with this client certificate. */
  async function statusOf(port: number, path: string, client: object): Promise<number> {
    const options = {
      port,
      path,
      method: "POST",
      ca: readFileSync(`${TLS}/ca.pem`),
      agent: false,
      ...client,
    };
    const asked = request({ host: "localhost", ...options });
    asked.end("{}");
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    return answer.statusCode ?? 0;
  }

  it("asks for the certificate of the API server, and for none in a probe", async () => {
    const app = createWebhook({ profiles, reports, caller: "client" });
    const authority = readFileSync(`${TLS}/ca.pem`, "utf8");
    const { cert, key } = certificate("server");
    const secure = createWebhookServer({ cert: String(cert), key: String(key) }, app, authority);
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    const { port } = secure.address() as AddressInfo;
    const stranger = makeKeyPair("client");
    expect({
      apiServer: await statusOf(port, "/mutate", certificate("client")),
      another: await statusOf(port, "/mutate", certificate("client-2")),
      signsItself: await statusOf(port, "/mutate", stranger),
      without: await statusOf(port, "/mutate", {}),
      probe: await statusOf(port, "/healthz", { method: "GET" }),
    }).toEqual({ apiServer: 400, another: 403, signsItself: 403, without: 403, probe: 200 });
    secure.closeAllConnections();
    secure.close();
  });

  it("has limits on connections and time", async () => {
    const limited = createWebhookServer(makeKeyPair("localhost"), createWebhook({ profiles, reports }));
    const { headersTimeout, requestTimeout, maxConnections } = limited;
    expect([headersTimeout, requestTimeout, maxConnections]).toEqual([5000, 5000, 128]);
  });
});

describe("the workload of a Pod", () => {
  const find = (metadata: Pod["metadata"], read: ReadWorkload) =>
    workloadOf("shop", { metadata, spec: { containers: [] } }, read);
  const workload =
    (owners: Workload["owners"], uid = "uid-rs"): ReadWorkload =>
    async () => ({ uid, owners, annotations: {} });

  it.each<[string, Pod["metadata"], ReadWorkload, object]>([
    [
      "its Deployment",
      { ownerReferences: [OWNER] },
      workload([DEPLOYMENT]),
      { kind: "Deployment", name: "web", uid: "uid-d" },
    ],
    [
      "the ReplicaSet when nobody owns it",
      { ownerReferences: [OWNER] },
      workload([]),
      { kind: "ReplicaSet", name: "web-5d4", uid: "uid-rs" },
    ],
    [
      "another controller",
      { ownerReferences: [{ ...OWNER, kind: "StatefulSet", name: "db" }] },
      workload([]),
      { kind: "StatefulSet", name: "db" },
    ],
    [
      "the Pod when its owner cannot be asked for",
      { name: "web-1", ownerReferences: [OWNER] },
      () => Promise.reject(new Error("forbidden")),
      { kind: "Pod", name: "web-1" },
    ],
    [
      "the Pod when its owner is not there",
      { name: "web-1", ownerReferences: [OWNER] },
      async () => undefined,
      { kind: "Pod", name: "web-1" },
    ],
    [
      "the Pod when the owner of this name is another one",
      { name: "web-1", ownerReferences: [OWNER] },
      workload([DEPLOYMENT], "another"),
      { kind: "Pod", name: "web-1" },
    ],
    ["the Pod itself", { name: "alone" }, workload([]), { kind: "Pod", name: "alone" }],
    ["what a Pod will be called", { generateName: "alone-" }, workload([]), { kind: "Pod", name: "alone" }],
  ])("is %s", async (_, metadata, read, expected) => {
    expect(await find(metadata, read)).toMatchObject({ namespace: "shop", ...expected });
  });
});

describe("its manifests", () => {
  const objects = parseAllDocuments(
    readFileSync("examples/mutating-webhook/manifests/injector.yaml", "utf8"),
  ).map(
    (document) =>
      document.toJS() as { kind: string; data?: Record<string, string>; rules?: unknown; spec?: unknown },
  );

  it("ask for create and patch on events and get on workloads alone", () => {
    expect(objects.find(({ kind }) => kind === "ClusterRole")?.rules).toEqual([
      { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
      {
        apiGroups: ["apps"],
        resources: ["deployments", "replicasets", "statefulsets", "daemonsets"],
        verbs: ["get"],
      },
      { apiGroups: ["batch"], resources: ["jobs"], verbs: ["get"] },
    ]);
  });

  it("let the API server alone in, and keep one replica when a node goes", () => {
    const specs = Object.fromEntries(objects.map(({ kind, spec }) => [kind, spec]));
    const app = { matchLabels: { app: "injector" } };
    expect(specs).toMatchObject({
      NetworkPolicy: {
        podSelector: app,
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ ipBlock: {} }], ports: [{ port: "https" }] }],
      },
      PodDisruptionBudget: { maxUnavailable: 1, selector: app },
      Deployment: {
        replicas: 2,
        template: {
          spec: {
            topologySpreadConstraints: [{ topologyKey: "kubernetes.io/hostname" }],
            containers: [{ livenessProbe: { httpGet: { path: "/healthz" } } }],
          },
        },
      },
    });
  });

  it("have the profiles that the example starts with", () => {
    const text = objects.find(({ kind }) => kind === "ConfigMap")?.data?.["profiles.json"] ?? "";
    expect(JSON.parse(text)).toEqual(
      JSON.parse(readFileSync("examples/mutating-webhook/profiles.json", "utf8")),
    );
  });
});
