import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";

import { readPage } from "../docs/pages.ts";
import { runCommand } from "./run-command.ts";

let cwd = "";

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-rbac-"));
  await configure({});
});
afterEach(() => rm(cwd, { recursive: true }));

const configure = (kubernetes: object) =>
  writeFile(
    join(cwd, "tocsin.yaml"),
    JSON.stringify({
      cluster: "c",
      kubernetes,
      rules: [{ name: "it", match: { kind: "Pod" } }],
      sinks: [{ name: "a", type: "stdout" }],
      route: { sinks: ["a"] },
    }),
  );

async function manifests(...argv: readonly string[]): Promise<readonly unknown[]> {
  const { status, stdout, stderr } = await runCommand(["rbac", ...argv], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return parseAllDocuments(stdout).map((document) => document.toJS());
}

const apiVersion = "rbac.authorization.k8s.io/v1";
const LIST_WATCH = { apiGroups: [""], resources: ["events"], verbs: ["list", "watch"] };
const get = (group: string, ...resources: readonly string[]) => ({
  apiGroups: [group],
  resources,
  verbs: ["get"],
});
const OWNERS = [get("", "pods"), get("apps", "replicasets"), get("batch", "jobs")];
const STATES = [
  get("", "pods"),
  get("apps", "daemonsets", "deployments", "replicasets", "statefulsets"),
  get("batch", "cronjobs", "jobs"),
];

const binding = (kind: string, metadata: object, namespace = "tocsin") => ({
  apiVersion,
  kind: `${kind}Binding`,
  metadata,
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: "tocsin" },
  subjects: [{ kind: "ServiceAccount", name: "tocsin", namespace }],
});

describe("tocsin rbac", () => {
  it("prints an account and a ClusterRole with exactly what is needed, and why", async () => {
    expect((await runCommand(["rbac"], { cwd })).stdout)
      .toBe(`# What tocsin.yaml needs: 1 rule, 1 sink, 1 route.
#   list, watch events: the watch
#   get pods: rule it
#   get replicasets.apps: rule it
#   get deployments.apps: rule it
#   get statefulsets.apps: rule it
#   get daemonsets.apps: rule it
#   get jobs.batch: rule it
#   get cronjobs.batch: rule it
#   get nodes: rule it
# The namespace must be there: kubectl create namespace tocsin
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: tocsin
  namespace: tocsin
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: tocsin
rules:
  - apiGroups: [""]
    resources: [events]
    verbs: [list, watch]
  - apiGroups: [""]
    resources: [nodes, pods]
    verbs: [get]
  - apiGroups: [apps]
    resources: [daemonsets, deployments, replicasets, statefulsets]
    verbs: [get]
  - apiGroups: [batch]
    resources: [cronjobs, jobs]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: tocsin
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: tocsin
subjects:
  - kind: ServiceAccount
    name: tocsin
    namespace: tocsin
`);
  });

  it("prints a Role in each namespace, and no ClusterRole, where there are namespaces", async () => {
    await configure({ namespaces: ["shop", "default"] });
    const [, ...roles] = await manifests();
    expect(roles).toEqual(
      ["default", "shop"].flatMap((namespace) => {
        const metadata = { name: "tocsin", namespace };
        const rules = [LIST_WATCH, ...STATES];
        return [{ apiVersion, kind: "Role", metadata, rules }, binding("Role", metadata)];
      }),
    );
  });

  it("asks for less where only owners are looked up", async () => {
    await configure({ enrich: "owners" });
    expect((await manifests())[1]).toMatchObject({ rules: [LIST_WATCH, ...OWNERS] });
  });

  it("asks for what its own Events need only in its own namespace", async () => {
    await configure({ enrich: "off" });
    const metadata = { name: "tocsin", namespace: "ops" };
    expect(await manifests("--self-events", "--namespace", "ops")).toEqual([
      { apiVersion: "v1", kind: "ServiceAccount", metadata },
      { apiVersion, kind: "ClusterRole", metadata: { name: "tocsin" }, rules: [LIST_WATCH] },
      binding("ClusterRole", { name: "tocsin" }, "ops"),
      {
        apiVersion,
        kind: "Role",
        metadata,
        rules: [
          get("", "pods"),
          get("apps", "replicasets"),
          { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
        ],
      },
      binding("Role", metadata, "ops"),
    ]);
  });

  it("makes one entry of what two parts need of one resource in one namespace", async () => {
    await configure({ namespaces: ["tocsin"], api: "events", silenceAnnotations: true });
    expect((await manifests("--self-events"))[1]).toMatchObject({
      rules: [
        get("", "namespaces", "pods"),
        ...STATES.slice(1),
        { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create", "list", "patch", "watch"] },
      ],
    });
  });

  it("takes another account, and prints a List as JSON", async () => {
    const { stdout } = await runCommand(
      ["rbac", "--json", "--namespace", "ops", "--service-account", "bell"],
      { cwd },
    );
    expect(JSON.parse(stdout)).toMatchObject({
      apiVersion: "v1",
      kind: "List",
      items: [
        { kind: "ServiceAccount", metadata: { name: "bell", namespace: "ops" } },
        { kind: "ClusterRole", metadata: { name: "bell" } },
        {
          kind: "ClusterRoleBinding",
          roleRef: { name: "bell" },
          subjects: [{ kind: "ServiceAccount", name: "bell", namespace: "ops" }],
        },
      ],
    });
  });

  it("prints for the smallest configuration what docs/security.md shows", async () => {
    const smallest = { cluster: "c", sinks: [{ name: "a", type: "stdout" }], route: { sinks: ["a"] } };
    await writeFile(join(cwd, "tocsin.yaml"), JSON.stringify(smallest));
    const printed = await manifests();
    const shown = readPage("docs/security.md").blocks.find(({ mark }) => mark === "ClusterRole");
    expect(parse(shown?.text ?? "")).toEqual(printed[1]);
  });

  it("is 2 for a name that no namespace has, and for a configuration that is not usable", async () => {
    expect((await runCommand(["rbac", "--namespace", "Not One"], { cwd })).status).toBe(2);
    await writeFile(join(cwd, "tocsin.yaml"), "sniks: []");
    expect(await runCommand(["rbac"], { cwd })).toMatchObject({ status: 2, stdout: "" });
  });
});
