import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";

import { type OwnersOfReplicaSet, workloadOf } from "../../examples/mutating-webhook/owner.ts";
import { InjectionReports } from "../../examples/mutating-webhook/reporting.ts";
import type { PatchStep, Pod } from "../../examples/mutating-webhook/review.ts";
import { createWebhook } from "../../examples/mutating-webhook/webhook.ts";
import type { Report, Reporter } from "../../src/reporter/index.ts";
import { until } from "../support/until.ts";

const PROFILE = "injector.shop.example/profile";
const OWNER = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d4", uid: "uid-rs", controller: true };
const DEPLOYMENT = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "uid-d", controller: true };

let server: Server;
let reported: Report[];
let owners: OwnersOfReplicaSet;
let profiles: string;

beforeEach(async () => {
  reported = [];
  owners = () => Promise.resolve([DEPLOYMENT]);
  profiles = join(mkdtempSync(join(tmpdir(), "tocsin-webhook-")), "profiles.json");
  writeFileSync(profiles, readFileSync("examples/mutating-webhook/profiles.json"));
  // Only what the webhook uses of it; test/cluster has the real one.
  const reporter = { report: (report: Report) => reported.push(report) } as unknown as Reporter;
  const reports = new InjectionReports(reporter, (namespace, name) => owners(namespace, name));
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

  it("refuses what is no review, and says nothing of it", async () => {
    for (const body of ["not json: canary", "{}", '{"apiVersion":"v1"}']) {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(await answer.text()).not.toContain("canary");
    }
    expect(await review({ kind: "Node" })).toMatchObject({ allowed: true, steps: [] });
  });
});

describe("the workload of a Pod", () => {
  const find = (metadata: Pod["metadata"], ownersOf: OwnersOfReplicaSet) =>
    workloadOf("shop", { metadata, spec: { containers: [] } }, ownersOf);

  it.each<[string, Pod["metadata"], OwnersOfReplicaSet, object]>([
    [
      "its Deployment",
      { ownerReferences: [OWNER] },
      async () => [DEPLOYMENT],
      { kind: "Deployment", name: "web" },
    ],
    [
      "the ReplicaSet when that cannot be asked",
      { ownerReferences: [OWNER] },
      () => Promise.reject(new Error("forbidden")),
      { kind: "ReplicaSet", name: "web-5d4", uid: "uid-rs" },
    ],
    [
      "the ReplicaSet when nobody owns it",
      { ownerReferences: [OWNER] },
      async () => [],
      { kind: "ReplicaSet" },
    ],
    [
      "another controller",
      { ownerReferences: [{ ...OWNER, kind: "StatefulSet", name: "db" }] },
      async () => [],
      { kind: "StatefulSet", name: "db" },
    ],
    ["the Pod itself", { name: "alone" }, async () => [], { kind: "Pod", name: "alone" }],
    ["what a Pod will be called", { generateName: "alone-" }, async () => [], { kind: "Pod", name: "alone" }],
  ])("is %s", async (_, metadata, ownersOf, expected) => {
    expect(await find(metadata, ownersOf)).toMatchObject({ namespace: "shop", ...expected });
  });
});

describe("its manifests", () => {
  const objects = parseAllDocuments(
    readFileSync("examples/mutating-webhook/manifests/injector.yaml", "utf8"),
  ).map((document) => document.toJS() as { kind: string; data?: Record<string, string>; rules?: unknown });

  it("ask for create and patch on events and get on replicasets alone", () => {
    expect(objects.find(({ kind }) => kind === "ClusterRole")?.rules).toEqual([
      { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
      { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["get"] },
    ]);
  });

  it("have the profiles that the example starts with", () => {
    const text = objects.find(({ kind }) => kind === "ConfigMap")?.data?.["profiles.json"] ?? "";
    expect(JSON.parse(text)).toEqual(
      JSON.parse(readFileSync("examples/mutating-webhook/profiles.json", "utf8")),
    );
  });
});
