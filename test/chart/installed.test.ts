import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { readPage } from "../docs/pages.ts";
import { isControlPlaneMissing } from "../support/control-plane.ts";
import { type FakeReceiver, startReceiver } from "../support/fake-receiver.ts";
import { InstalledBridge } from "./bridge.ts";
import { Cluster } from "./cluster.ts";
import { at, type Rendered, renderSet } from "./rendered.ts";
import { areToolsMissing, promtool } from "./tools.ts";

const WATCHED = ["shop", "shop-staging", "elsewhere"];

/** To read the state of objects in a namespace, and that namespace. */
const STATE_RIGHTS = [
  "get apps/daemonsets",
  "get apps/deployments",
  "get apps/replicasets",
  "get apps/statefulsets",
  "get autoscaling/horizontalpodautoscalers",
  "get batch/cronjobs",
  "get batch/jobs",
  "get namespaces",
  "get persistentvolumeclaims",
  "get pods",
];

/** To read the state of objects without a namespace. */
const CLUSTER_RIGHTS = ["get nodes", "get persistentvolumes"];

describe.skipIf(isControlPlaneMissing() || areToolsMissing())("an installed chart", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start();
    for (const name of WATCHED) await cluster.createNamespace(name, { team: "pay" });
  });
  beforeEach(async () => {
    // A first start looks back.
    for (const name of [...WATCHED, "default"])
      await cluster.send("DELETE", `/api/v1/namespaces/${name}/events`, "");
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
  });

  it("by default tells Slack of an alert with its owner, and may do what was promised and no more", async () => {
    await using slack = await startReceiver({ status: 200, body: "ok" });
    const rendered = await install(cluster, "two-values", { "tocsin-slack": { url: hookOf(slack) } });
    await using bridge = await InstalledBridge.start(cluster, rendered);
    await createOwnedPod(cluster, "shop", "web");
    await createEvent(cluster, "shop", pullFailed("web"));
    await bridge.until(() => slack.requests.length > 0);
    expect(slack.bodies()[0]).toContain("Image cannot be pulled: Deployment web in shop");
    expect(slack.bodies()[0]).toContain("prod-eu1");
    expect(await forbiddenLookUps(bridge)).toEqual([]);
    for (const resource of ["pods", "replicasets.apps"])
      expect(
        await bridge.metric(`tocsin_look_ups_total{resource="${resource}",outcome="found"}`),
      ).toBeGreaterThan(0);
    for (const namespace of ["shop", rendered.namespace, "kube-system"])
      expect(await rightsBeyondNone(cluster, rendered, namespace)).toEqual([
        ...[...STATE_RIGHTS, ...CLUSTER_RIGHTS].toSorted(),
        "list events",
        "watch events",
      ]);
  });

  it("sends the first test alert by the command that the notes name", async () => {
    await using slack = await startReceiver({ status: 200, body: "ok" });
    const rendered = await install(
      cluster,
      "two-values",
      { "tocsin-slack": { url: hookOf(slack) } },
      "first",
    );
    await using bridge = await InstalledBridge.start(cluster, rendered);
    const { status, stdout } = await bridge.exec(["send-test", "slack"]);
    expect([status, stdout]).toEqual([0, "sent: the receiver of slack (slack) took the test message\n"]);
    expect(slack.bodies()[0]).toContain("prod-eu1");
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      const container = at(rendered.one("Deployment"), "spec", "template", "spec", "containers", 0);
      expect((await bridge.get(String(at(container, probe, "httpGet", "path")))).status).toBe(200);
    }
    for (const command of ["alerts", "decisions"])
      expect(await bridge.exec([command])).toMatchObject({ status: 0, stderr: "" });
  });

  it("tells of the Event that docs/install.md lets people write", async () => {
    await using slack = await startReceiver({ status: 200, body: "ok" });
    const rendered = await install(cluster, "two-values", { "tocsin-slack": { url: hookOf(slack) } }, "page");
    await using bridge = await InstalledBridge.start(cluster, rendered);
    const [, event = ""] = /<<'END'\n([\s\S]*?)^END$/mu.exec(readPage("docs/install.md").text) ?? [];
    await cluster.send("POST", "/api/v1/namespaces/default/events", JSON.stringify(parse(event)));
    await bridge.until(() => slack.requests.length > 0);
    expect(slack.bodies()[0]).toContain("Load balancer cannot be set up: kubernetes in default");
  });

  it("passes promtool with its metrics", async () => {
    await using slack = await startReceiver({ status: 200, body: "ok" });
    const rendered = await install(
      cluster,
      "two-values",
      { "tocsin-slack": { url: hookOf(slack) } },
      "metrics",
    );
    await using bridge = await InstalledBridge.start(cluster, rendered);
    await createEvent(cluster, "shop", pullFailed("measured"));
    await bridge.until(() => slack.requests.length > 0);
    const { body } = await bridge.get("/metrics");
    expect(body).toMatch(/^tocsin_delivery_attempts_total\{.*delivered/mu);
    expect(promtool(["check", "metrics"], { input: body })).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("with one value may read Events and nothing else, and tells of the object by itself", async () => {
    await using slack = await startReceiver({ status: 200, body: "ok" });
    const rendered = await install(cluster, "events-only", { "tocsin-slack": { webhook: hookOf(slack) } });
    await using bridge = await InstalledBridge.start(cluster, rendered);
    await createOwnedPod(cluster, "shop", "lone");
    await createEvent(cluster, "shop", pullFailed("lone"));
    await bridge.until(() => slack.requests.length > 0);
    expect(slack.bodies()[0]).toContain("Image cannot be pulled: Pod lone-5d4-x in shop");
    expect(await forbiddenLookUps(bridge)).toEqual([]);
    for (const namespace of ["shop", rendered.namespace])
      expect(await rightsBeyondNone(cluster, rendered, namespace)).toEqual([
        "list events.k8s.io/events",
        "watch events.k8s.io/events",
      ]);
  });

  it("with namespaces hears and may read these alone, by Roles", async () => {
    await using slack = await startReceiver({ status: 200, body: "ok" });
    const rendered = await install(cluster, "namespaced", { "tocsin-slack": { url: hookOf(slack) } });
    await using bridge = await InstalledBridge.start(cluster, rendered);
    await createOwnedPod(cluster, "shop-staging", "till");
    await createEvent(cluster, "elsewhere", pullFailed("unheard"));
    await createEvent(cluster, "shop-staging", pullFailed("till"));
    await bridge.until(() => slack.requests.length > 0);
    expect(slack.bodies()[0]).toContain("Image cannot be pulled: Deployment till in shop-staging");
    expect(await forbiddenLookUps(bridge)).toEqual([]);
    for (const namespace of ["shop", "shop-staging"])
      expect(await rightsBeyondNone(cluster, rendered, namespace)).toEqual([
        ...STATE_RIGHTS,
        "list events",
        "watch events",
      ]);
    for (const namespace of ["elsewhere", "default", rendered.namespace])
      expect(await rightsBeyondNone(cluster, rendered, namespace)).toEqual([]);
  });

  it("with a rule that reads labels of namespaces may get namespaces, and tells by them", async () => {
    await using slack = await startReceiver({ status: 200, body: "ok" });
    const rendered = await install(cluster, "own-rules", {
      "tocsin-slack": { url: hookOf(slack) },
      "tocsin-mail": { password: "p" },
      "tocsin-hook": {
        url: `${slack.url}/hook`,
        signing: `whsec_${Buffer.alloc(32, "x").toString("base64")}`,
      },
    });
    await using bridge = await InstalledBridge.start(cluster, rendered);
    await createEvent(cluster, "shop", { ...pullFailed("ledger"), reason: "LedgerLate", source: {} });
    // Others of this cluster may have something to tell as well.
    await bridge.until(() => slack.bodies().some((body) => body.includes("is late in prod-eu1")));
    expect(await rightsBeyondNone(cluster, rendered, "shop")).toContain("get namespaces");
  });

  it("with self-events may write Events in its own namespace alone", async () => {
    const rendered = await install(cluster, "everything", {});
    expect(await rightsBeyondNone(cluster, rendered, rendered.namespace)).toEqual([
      "create events.k8s.io/events",
      ...[...STATE_RIGHTS, ...CLUSTER_RIGHTS].toSorted(),
      "list events",
      "patch events.k8s.io/events",
      "watch events",
    ]);
    expect(await rightsBeyondNone(cluster, rendered, "shop")).toEqual([
      ...[...STATE_RIGHTS, ...CLUSTER_RIGHTS].toSorted(),
      "list events",
      "watch events",
    ]);
  });

  it("with self-events writes its own troubles about its Deployment, with the rights that the chart gives", async () => {
    await using slack = await startReceiver({ status: 200, body: "ok" });
    const tokens = { read: "r-0123456789", write: "w-0123456789" };
    const secrets = { "tocsin-slack": { url: hookOf(slack) }, "tocsin-tokens": tokens };
    const rendered = await install(cluster, "everything", secrets, "self");
    const { namespace } = rendered;
    await createOwnedPod(cluster, namespace, "bridge");
    await using bridge = await InstalledBridge.start(cluster, rendered, {
      TOCSIN_POD_NAME: "bridge-5d4-x",
      TOCSIN_POD_NAMESPACE: namespace,
    });
    bridge.pod.update("configMap", "tocsin-config", { "tocsin.yaml": "sniks: []" });
    const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
    const events = async (): Promise<readonly unknown[]> => at(await cluster.get(path), "items") as unknown[];
    await bridge.until(async () => (await events()).length > 0);
    expect(await events()).toMatchObject([
      {
        type: "Warning",
        reason: "ConfigRejected",
        reportingController: "tocsin",
        reportingInstance: "bridge-5d4-x",
        regarding: { apiVersion: "apps/v1", kind: "Deployment", namespace, name: "bridge" },
      },
    ]);
    expect(bridge.log).not.toContain("was not written");
  });

  it("takes over changed rules, configuration and secrets as the kubelet swaps them, without a restart", async () => {
    await using slack = await startReceiver({ status: 200, body: "ok" });
    await using moved = await startReceiver({ status: 200, body: "ok" });
    const rendered = await install(
      cluster,
      "two-values",
      { "tocsin-slack": { url: hookOf(slack) } },
      "reload",
    );
    await using bridge = await InstalledBridge.start(cluster, rendered);
    const { pod } = bridge;
    const reloads = (): number => bridge.log.split("the changed configuration is in use").length - 1;

    // The first rule of one's own changes both ConfigMaps; the kubelet may bring the configuration first.
    const config = String(
      at(
        await cluster.get(`/api/v1/namespaces/${rendered.namespace}/configmaps/tocsin-config`),
        "data",
        "tocsin.yaml",
      ),
    );
    const withRules = config.replace("- builtin\n", "- builtin\n- ../rules/*.yaml\n");
    expect(withRules).not.toBe(config);
    pod.update("configMap", "tocsin-config", { "tocsin.yaml": withRules });
    await bridge.until(() => bridge.log.includes("is refused; the old one goes on"));
    pod.update("configMap", "tocsin-rules", { "own.yaml": ruleFor("OnePilotFail") });
    await bridge.until(() => reloads() === 1);
    await createEvent(cluster, "shop", pilotEvent("OnePilotFail", "pilot-a"));
    await bridge.until(() => slack.bodies().some((body) => body.includes("pilot-a")));

    pod.update("configMap", "tocsin-rules", { "other.yaml": ruleFor("OtherFail") });
    await bridge.until(() => reloads() === 2);
    await createEvent(cluster, "shop", pilotEvent("OtherFail", "pilot-b"));
    await bridge.until(() => slack.bodies().some((body) => body.includes("pilot-b")));

    pod.update("secret", "tocsin-slack", { url: hookOf(moved) });
    await bridge.until(() => reloads() === 3);
    await createEvent(cluster, "shop", pilotEvent("OtherFail", "pilot-c"));
    await bridge.until(() => moved.bodies().some((body) => body.includes("pilot-c")));
    expect(slack.bodies().some((body) => body.includes("pilot-c"))).toBe(false);
    expect(await bridge.metric("tocsin_config_last_reload_success")).toBe(1);
  });
});

type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Applies a value set, and the Secrets that it names, into a namespace of its own. */
async function install(cluster: Cluster, set: string, secrets: Secrets, name = set): Promise<Rendered> {
  const rendered = renderSet(set, `on-${name}`);
  const { namespace } = rendered;
  await cluster.createNamespace(namespace);
  for (const [secret, stringData] of Object.entries(secrets))
    await cluster.apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: secret, namespace },
      stringData,
    });
  for (const manifest of rendered.manifests) await cluster.apply(manifest);
  return rendered;
}

function hookOf(receiver: FakeReceiver): string {
  return `${receiver.url}/services/T0/B0/x\n`;
}

/** The rights of the chart's account in a namespace that an account without any binding does not have. */
async function rightsBeyondNone(cluster: Cluster, rendered: Rendered, where: string): Promise<string[]> {
  const { namespace } = rendered;
  await cluster.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "nobody", namespace } });
  const [ours, none] = await Promise.all(
    [rendered.one("ServiceAccount").metadata.name, "nobody"].map((account) =>
      rightsOf(cluster, { namespace, account, where }),
    ),
  );
  return (ours ?? []).filter((right) => none?.includes(right) !== true).toSorted();
}

async function rightsOf(
  cluster: Cluster,
  {
    namespace,
    account,
    where,
  }: { readonly namespace: string; readonly account: string; readonly where: string },
): Promise<readonly string[]> {
  const token = await cluster.tokenFor(namespace, account);
  const answer = await cluster.requestAs(token, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    spec: { namespace: where },
  });
  expect(at(answer.body, "status", "incomplete")).toBe(false);
  const resources = at(answer.body, "status", "resourceRules") as readonly Readonly<
    Record<string, string[]>
  >[];
  const others = at(answer.body, "status", "nonResourceRules") as readonly Readonly<
    Record<string, string[]>
  >[];
  return [
    ...resources.flatMap(({ verbs = [], apiGroups = [], resources: names = [], resourceNames = [] }) =>
      verbs.flatMap((verb) =>
        apiGroups.flatMap((group) =>
          names.map((name) => [verb, group === "" ? name : `${group}/${name}`, ...resourceNames].join(" ")),
        ),
      ),
    ),
    ...others.flatMap(({ verbs = [], nonResourceURLs = [] }) =>
      verbs.flatMap((verb) => nonResourceURLs.map((url) => `${verb} ${url}`)),
    ),
  ];
}

const SPEC = {
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
  containers: [
    {
      name: "app",
      image: "registry.example/web:1",
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    },
  ],
};

/** A Pod of a ReplicaSet of a Deployment, which only the API server knows. */
async function createOwnedPod(cluster: Cluster, namespace: string, name: string): Promise<void> {
  const labels = { app: name };
  const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: SPEC } };
  const owner = (kind: string, uid: unknown, of: string) => ({
    ownerReferences: [{ apiVersion: "apps/v1", kind, name: of, uid, controller: true }],
  });
  await cluster.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace } });
  const deployment = await cluster.apply({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec,
  });
  const replicas = await cluster.apply({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${name}-5d4`,
      namespace,
      ...owner("Deployment", at(deployment, "metadata", "uid"), name),
    },
    spec,
  });
  await cluster.apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${name}-5d4-x`,
      namespace,
      labels,
      ...owner("ReplicaSet", at(replicas, "metadata", "uid"), `${name}-5d4`),
    },
    spec: SPEC,
  });
}

interface TestEvent {
  readonly involvedObject: object;
  readonly [field: string]: unknown;
}

async function createEvent(cluster: Cluster, namespace: string, event: TestEvent): Promise<void> {
  const body = {
    ...event,
    metadata: { generateName: "test-", namespace },
    involvedObject: { ...event.involvedObject, namespace },
  };
  await cluster.send("POST", `/api/v1/namespaces/${namespace}/events`, JSON.stringify(body));
}

function pullFailed(name: string): TestEvent {
  const now = new Date().toISOString();
  return {
    type: "Warning",
    reason: "Failed",
    message: 'Failed to pull image "registry.example/web:1": not found',
    source: { component: "kubelet", host: "node-1" },
    involvedObject: {
      apiVersion: "v1",
      kind: "Pod",
      name: `${name}-5d4-x`,
      fieldPath: "spec.containers{app}",
    },
    count: 3,
    firstTimestamp: now,
    lastTimestamp: now,
  };
}

function pilotEvent(reason: string, name: string): TestEvent {
  return { type: "Warning", reason, message: "it failed", involvedObject: { kind: "Deployment", name } };
}

function ruleFor(reason: string): string {
  return `rules: [{ name: own, match: { reason: ${reason} }, severity: critical }]`;
}

/** The samples of look-ups that the role did not allow. */
async function forbiddenLookUps(bridge: InstalledBridge): Promise<readonly string[]> {
  const { body } = await bridge.get("/metrics");
  return body.split("\n").filter((line) => /^tocsin_look_ups_total\{.*outcome="forbidden"/u.test(line));
}
