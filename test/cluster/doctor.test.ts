import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Agent, fetch } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { main } from "../../src/cli/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { OBJECT_KINDS } from "../../src/object/index.ts";
import { captureIo, runCommand } from "../cli/run-command.ts";
import { type ControlPlane, isControlPlaneMissing, startControlPlane } from "../support/control-plane.ts";
import { until } from "../support/until.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly PolicyRule[];
}

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly level: string;
  readonly detail: string;
  readonly hint: string;
}

/** Rules that between them need everything. */
const RULES = [
  { name: "pod-broken", match: { kind: "Pod", reason: "Broken" }, severity: "critical" },
  {
    name: "team-broken",
    match: { reason: "Broken", namespaceLabels: { team: "shop" } },
    severity: "critical",
  },
];

/** The request of the program for each verb and resource. */
const CALLS: Readonly<Record<string, string>> = {
  "list events": "/api/v1/EVENTS?limit=500",
  "watch events": "/api/v1/EVENTS?watch=true&timeoutSeconds=1",
  "list events.events.k8s.io": "/apis/events.k8s.io/v1/EVENTS?limit=500",
  "watch events.events.k8s.io": "/apis/events.k8s.io/v1/EVENTS?watch=true&timeoutSeconds=1",
  "get pods": "/api/v1/namespaces/shop/pods/web-5d4-x",
  "get replicasets.apps": "/apis/apps/v1/namespaces/shop/replicasets/web-5d4",
  "get namespaces": "/api/v1/namespaces/shop",
  ...Object.fromEntries(
    [...OBJECT_KINDS.values()]
      .filter(({ resource }) => !["pods", "replicasets", "namespaces"].includes(resource))
      .map(({ group, version, resource, isNamespaced }) => [
        `get ${resource}${group === "" ? "" : `.${group}`}`,
        `/${group === "" ? "api" : `apis/${group}`}/${version}/${isNamespaced ? "namespaces/shop/" : ""}${resource}/none`,
      ]),
  ),
};

/** Objects without a namespace, which no Role can allow. */
const CLUSTER_WIDE = new Set(["get nodes", "get persistentvolumes"]);

describe.skipIf(isControlPlaneMissing())("permissions and the doctor on a real API server", () => {
  let plane: ControlPlane;
  let dispatcher: Agent;
  let cwd = "";
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    plane = await startControlPlane();
    dispatcher = new Agent({ connect: { ca: readFileSync(plane.caFile, "utf8") }, allowH2: false });
    cwd = mkdtempSync(join(tmpdir(), "tocsin-doctor-"));
    for (const [name, labels] of Object.entries({ tocsin: {}, shop: { team: "shop" } })) {
      await create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
    }
    await createWorkload();
  });

  afterAll(async () => {
    await dispatcher.destroy();
    await plane.stop();
    rmSync(cwd, { recursive: true });
  });

  async function send(method: string, path: string, body: object): Promise<unknown> {
    const answer = await plane.request(path, {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  const create = (path: string, body: object): Promise<unknown> => send("POST", path, body);

  /** A pod of a deployment, without a controller that would make them. */
  async function createWorkload(): Promise<void> {
    const labels = { app: "web" };
    const spec = { containers: [{ name: "app", image: "registry.example/web:1" }] };
    const workload = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } };
    const of = (apiVersion: string, kind: string, name: string, made: unknown) => {
      // An object that was made has a uid.
      const { uid } = (made as { readonly metadata: { readonly uid: string } }).metadata;
      return { ownerReferences: [{ apiVersion, kind, name, uid, controller: true }] };
    };
    const apps = "/apis/apps/v1/namespaces/shop";
    await create("/api/v1/namespaces/shop/serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default" },
    });
    const deployment = await create(`${apps}/deployments`, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: workload,
    });
    const replicas = await create(`${apps}/replicasets`, {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: { name: "web-5d4", ...of("apps/v1", "Deployment", "web", deployment) },
      spec: workload,
    });
    await create("/api/v1/namespaces/shop/pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "web-5d4-x", labels, ...of("apps/v1", "ReplicaSet", "web-5d4", replicas) },
      spec,
    });
  }

  const placeOf = ({ kind, metadata: { namespace } }: Manifest): string => {
    const within = namespace === undefined ? "" : `/namespaces/${namespace}`;
    return kind === "ServiceAccount"
      ? `/api/v1${within}/serviceaccounts`
      : `${RBAC}${within}/${kind.toLowerCase()}s`;
  };

  /** Applies the manifests that `tocsin rbac` prints for a configuration, for an account of its own. */
  async function installed(account: string, kubernetes: object): Promise<readonly Manifest[]> {
    const configuration = {
      cluster: "test",
      kubernetes: { kubeconfig: `${account}.kubeconfig`, startFrom: "now", ...kubernetes },
      state: { path: `${account}.db` },
      rules: RULES,
      sinks: [{ name: "out", type: "stdout", format: "json" }],
      route: { sinks: ["out"], groupWait: { critical: "0s", else: "0s" } },
      server: { listen: "127.0.0.1:0" },
      log: { format: "json" },
    };
    writeFileSync(join(cwd, `${account}.yaml`), JSON.stringify(configuration));
    const argv = ["rbac", "--json", "--config", `${account}.yaml`, "--service-account", account];
    const { stdout } = await runCommand(argv, { cwd });
    const { items } = JSON.parse(stdout) as { readonly items: readonly Manifest[] };
    for (const item of items) await create(placeOf(item), item);
    const answer = await create(`/api/v1/namespaces/tocsin/serviceaccounts/${account}/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: {},
    });
    const { token } = (answer as { readonly status: { readonly token: string } }).status;
    tokens.set(account, token);
    writeFileSync(join(cwd, `${account}.kubeconfig`), plane.kubeconfig.replace(plane.token, token));
    return items;
  }
  /** As the account itself. */
  async function statusOf(account: string, path: string): Promise<number> {
    const headers = { authorization: `Bearer ${tokens.get(account) ?? ""}` };
    const answer = await fetch(plane.url + path, { headers, dispatcher });
    await answer.body?.cancel();
    return answer.status;
  }

  async function doctor(account: string): Promise<{ status: number; checks: readonly Check[]; ok: boolean }> {
    const argv = ["doctor", "--json", "--config", `${account}.yaml`];
    const { status, stdout, stderr } = await runCommand(argv, { cwd, clock: systemClock });
    expect(stderr).toBe("");
    // The command's own shape.
    return { status, ...(JSON.parse(stdout) as { ok: boolean; checks: readonly Check[] }) };
  }

  /** RBAC is learnt by watches, a moment after it was written. */
  async function becomes(expected: number, account: string, path: string): Promise<void> {
    let status = 0;
    await until(
      async () => (status = await statusOf(account, path)) === expected,
      () => `${account} gets ${status} for ${path}`,
    );
  }

  const bad = (checks: readonly Check[]): readonly string[] =>
    checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);

  const callsOf = (
    rules: readonly PolicyRule[],
  ): readonly { verb: string; resource: string; name: string }[] =>
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => {
          const [group = ""] = apiGroups;
          return { verb, resource, name: `${verb} ${resource}${group === "" ? "" : `.${group}`}` };
        }),
      ),
    );

  /** Without one verb on one resource. */
  const without = (rules: readonly PolicyRule[], verb: string, resource: string): readonly PolicyRule[] =>
    rules
      .flatMap((rule) =>
        rule.resources.includes(resource) && rule.verbs.includes(verb)
          ? [
              { ...rule, resources: rule.resources.filter((each) => each !== resource) },
              { ...rule, resources: [resource], verbs: rule.verbs.filter((each) => each !== verb) },
            ]
          : [rule],
      )
      .filter(({ resources, verbs }) => resources.length > 0 && verbs.length > 0);

  it.each([
    { account: "everywhere", kubernetes: {}, namespace: "", events: "events" },
    { account: "newer", kubernetes: { api: "events" }, namespace: "", events: "events.events.k8s.io" },
    { account: "shop", kubernetes: { namespaces: ["shop"] }, namespace: "shop", events: "events" },
  ])("finds all well with exactly what rbac prints, and each missing verb ($account)", async (given) => {
    const { account, kubernetes, namespace, events } = given;
    const items = await installed(account, kubernetes);
    const role = items.find(({ kind }) => /^(?:Cluster)?Role$/u.test(kind));
    if (role?.rules === undefined) throw new Error("no role");
    const calls = callsOf(role.rules);
    expect(calls.map(({ name }) => name).toSorted()).toEqual(
      [
        ...Object.keys(CALLS).filter(
          (name) => name.startsWith("get ") && (namespace === "" || !CLUSTER_WIDE.has(name)),
        ),
        `list ${events}`,
        `watch ${events}`,
      ].toSorted(),
    );
    const pathOf = (name: string): string =>
      (CALLS[name] ?? "").replace("EVENTS", namespace === "" ? "events" : `namespaces/${namespace}/events`);
    const refused = (name: string): Promise<void> => becomes(403, account, pathOf(name));
    // An object that is not there is no refusal.
    const allowed = (name: string): Promise<void> =>
      becomes(pathOf(name).endsWith("/none") ? 404 : 200, account, pathOf(name));
    for (const { name } of calls) await allowed(name);

    const healthy = await doctor(account);
    expect(bad(healthy.checks)).toEqual([]);
    expect(healthy).toMatchObject({ ok: true, status: 0 });
    const where = namespace === "" ? "" : ` in ${namespace}`;
    const watch = namespace === "" ? "watch" : `watch ${namespace}`;
    expect(healthy.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...calls.map(({ name }) => `permission ${name}${where}`),
        watch,
        "clock",
        "event-ttl",
      ]),
    );

    for (const { verb, resource, name } of calls) {
      await send("PUT", `${placeOf(role)}/${role.metadata.name}`, {
        ...role,
        rules: without(role.rules, verb, resource),
      });
      await refused(name);
      const ill = await doctor(account);
      expect(ill).toMatchObject({ ok: false, status: 1 });
      const check = ill.checks.find((each) => each.name === `permission ${name}${where}`);
      expect(check).toMatchObject({ ok: false, level: "fail" });
      expect(check?.detail).toContain(resource === "events" ? "the watch" : "team-broken");
      expect(check?.hint).toContain("tocsin rbac | kubectl apply -f -");
      // Nothing else is blamed but what builds on it.
      const others = ill.checks
        .filter(({ ok, name: other }) => !ok && other !== check?.name)
        .map((each) => each.name);
      expect(others).toEqual(verb === "list" ? ["event-ttl", watch] : verb === "watch" ? [watch] : []);
      await send("PUT", `${placeOf(role)}/${role.metadata.name}`, role);
      await allowed(name);
    }
  });

  it.each([
    { account: "runs-everywhere", kubernetes: {} },
    { account: "runs-in-shop", kubernetes: { namespaces: ["shop"] } },
  ])(
    "grants nothing that a run can do without, and all that it asks ($account)",
    async ({ account, kubernetes }) => {
      const items = await installed(account, kubernetes);
      const review = await asAccount(account, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectRulesReview",
        spec: { namespace: "shop" },
      });
      const { resourceRules } = (
        review as { readonly status: { readonly resourceRules: readonly PolicyRule[] } }
      ).status;
      const role = items.find(({ rules }) => rules !== undefined);
      // Everybody may ask what they may do.
      const own = resourceRules.filter(({ apiGroups }) =>
        apiGroups.every((group) => !group.startsWith("auth")),
      );
      expect(
        callsOf(own)
          .map(({ name }) => name)
          .toSorted(),
      ).toEqual(
        callsOf(role?.rules ?? [])
          .map(({ name }) => name)
          .toSorted(),
      );

      const { io, written, signal } = captureIo({ cwd, clock: systemClock, env: {} });
      const running = main(["run", "--config", join(cwd, `${account}.yaml`)], io);
      try {
        const address = await until(() => /"http":"([^"]+)"/u.exec(written.stderr)?.[1]);
        await until(async () => (await fetch(`${address}/readyz`)).ok);
        await create("/api/v1/namespaces/shop/events", {
          metadata: { generateName: "web." },
          involvedObject: { kind: "Pod", namespace: "shop", name: "web-5d4-x" },
          reason: "Broken",
          message: "it broke",
          type: "Warning",
          source: { component: "test" },
          firstTimestamp: new Date().toISOString(),
          lastTimestamp: new Date().toISOString(),
          count: 1,
        });
        await until(
          () => written.stdout.includes("pod-broken") && written.stdout.includes("team-broken"),
          () => written.stderr,
        );
        expect(written.stdout).toContain('"workload":"Deployment/web"');
        expect(written.stderr).not.toMatch(/cannot|forbidden/u);
      } finally {
        signal("SIGTERM");
        await running;
      }
    },
  );

  async function asAccount(account: string, path: string, body: object): Promise<unknown> {
    const answer = await plane.request(path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "impersonate-user": `system:serviceaccount:tocsin:${account}`,
        "impersonate-group": "system:authenticated",
      },
      body: JSON.stringify(body),
    });
    return answer.json();
  }
});
