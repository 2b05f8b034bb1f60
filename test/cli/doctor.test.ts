import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startEventsApi } from "../../src/demo/index.ts";
import { type FakeReceiver, startReceiver } from "../support/fake-receiver.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { PacedClock } from "../support/paced-clock.ts";
import { event, page, ScriptedApiServer } from "../support/scripted-api-server.ts";
import { runCommand } from "./run-command.ts";

/** In every secret; it must come out nowhere. */
const CANARY = "canary-5b1d7e";

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly level: string;
  readonly detail: string;
  readonly hint: string;
}

let clock: PacedClock;
let cwd = "";
let server: ScriptedApiServer;
let receiver: FakeReceiver;
let env: NodeJS.ProcessEnv;
/** Verbs on resources that are not allowed: `get pods`. */
let forbidden: Set<string>;

beforeEach(async () => {
  clock = new PacedClock(10);
  cwd = await mkdtemp(join(tmpdir(), "tocsin-doctor-"));
  server = await ScriptedApiServer.start();
  receiver = await startReceiver();
  forbidden = new Set();
  server.always("other", (reply, { path, body }) => {
    if (!path.endsWith("/selfsubjectaccessreviews")) return reply.refuse(404);
    // The command sends this body.
    const { spec } = JSON.parse(body) as { spec: { resourceAttributes: { verb: string; resource: string } } };
    const { verb, resource } = spec.resourceAttributes;
    reply.json({ status: { allowed: !forbidden.has(`${verb} ${resource}`) } }, { status: 201 });
  });
  server.always("version", (reply) => reply.json({ gitVersion: "v1.36.3" }, dated(clock.now())));
  env = { HOOK_URL: `${receiver.url}/${CANARY}`, HOOK_TOKEN: CANARY };
  await connectTo(server.url);
  await configure();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await receiver.close();
  clock[Symbol.dispose]();
  await rm(cwd, { recursive: true });
});

/** The answer of a server whose clock says this. */
const dated = (at: number) => ({ headers: { date: new Date(at).toUTCString() } });

const connectTo = (address: string) =>
  writeFile(join(cwd, "kubeconfig"), JSON.stringify(kubeconfigFor(address, { token: `${CANARY}-token` })));

const configure = (sections: object = {}) =>
  writeFile(
    join(cwd, "tocsin.yaml"),
    JSON.stringify({
      cluster: "prod",
      kubernetes: { kubeconfig: "kubeconfig", enrich: "owners" },
      state: { path: "state.db", maxBytes: "1MiB" },
      rules: [
        { name: "pod-broken", match: { kind: "Pod", reason: "Broken" } },
        { name: "job-broken", match: { kind: "Job", reason: "Broken" } },
      ],
      sinks: [
        { name: "hook", type: "webhook", url: { env: "HOOK_URL" }, auth: { bearer: { env: "HOOK_TOKEN" } } },
        { name: "out", type: "stdout" },
      ],
      route: { sinks: ["hook", "out"] },
      ...sections,
    }),
  );

async function doctor(...argv: readonly string[]) {
  const outcome = await runCommand(["doctor", ...argv], { cwd, env, clock });
  expect(outcome.stdout + outcome.stderr).not.toContain(CANARY);
  // Nothing is sent, made or left behind.
  expect(receiver.requests).toEqual([]);
  return outcome;
}

async function examined() {
  const { status, stdout, stderr } = await doctor("--json");
  expect(stderr).toBe("");
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: readonly Check[] };
  expect(ok).toBe(status === 0);
  const found = (name: string): Check => {
    const check = checks.find((each) => each.name === name);
    if (check === undefined)
      throw new Error(`no check ${name} among ${checks.map((each) => each.name).join(", ")}`);
    return check;
  };
  return { status, checks, found, names: checks.map(({ name }) => name) };
}

const failed = (checks: readonly Check[]) => checks.filter(({ ok }) => !ok).map(({ name }) => name);

describe("tocsin doctor", () => {
  it("prints one line for each check, and makes nothing", async () => {
    const { status, stdout } = await doctor();
    const shown = stdout
      .replaceAll(server.url, "http://server")
      .replaceAll(receiver.url.replace("http://", ""), "receiver:80")
      .replaceAll(cwd, "/cwd")
      .replaceAll(/\d+ ms/gu, "5 ms")
      // Where this machine has its temporary files is its own affair.
      .replace(/^(?:ok|warn) +store .* will be made; .*\n(?: .*\n)*/mu, "store\n")
      .replace(/all well|1 warning/u, "all well");
    expect({ status, shown }).toEqual({
      status: 0,
      shown: `ok    configuration                    2 rules, 2 sinks, 1 route
ok    api-server                       v1.36.3 at http://server
ok    permission list events           allowed, for the watch
ok    permission watch events          allowed, for the watch
ok    permission get pods              allowed, for rule pod-broken
ok    permission get replicasets.apps  allowed, for rule pod-broken
ok    permission get jobs.batch        allowed, for rules pod-broken, job-broken
ok    clock                            no difference to the API server
ok    event-ttl                        no Events to tell it by; kubernetes.eventTtl is 1h
ok    watch                            open after 5 ms; whether Events arrive shows only when one is written
store
ok    sink hook                        webhook, receiver:80; nothing was sent
ok    sink out                         stdout, nothing to reach

13 checks, all well
`,
    });
    expect((await readdir(cwd)).toSorted()).toEqual(["kubeconfig", "tocsin.yaml"]);
  });

  it("asks for exactly the verbs that it needs, of the group and the namespace", async () => {
    await configure({
      kubernetes: {
        kubeconfig: "kubeconfig",
        namespaces: ["shop", "default"],
        api: "events",
        silenceAnnotations: true,
      },
    });
    const { names } = await examined();
    expect(names.filter((name) => name.startsWith("permission"))).toHaveLength(20);
    expect(names).toEqual(
      expect.arrayContaining([
        "permission list events.events.k8s.io in default",
        "permission watch events.events.k8s.io in shop",
        "permission get replicasets.apps in shop",
        "permission get namespaces in shop",
        "watch shop",
        "watch default",
      ]),
    );
    const asked = server.requests
      .filter(({ kind }) => kind === "other")
      .map(({ body }) => JSON.parse(body).spec.resourceAttributes);
    expect(asked).toHaveLength(20);
    expect(asked).toContainEqual({
      group: "events.k8s.io",
      resource: "events",
      verb: "list",
      namespace: "shop",
    });
    expect(asked).toContainEqual({
      group: "apps",
      resource: "replicasets",
      verb: "get",
      namespace: "default",
    });
    expect(asked).toContainEqual({
      group: "",
      resource: "namespaces",
      verb: "get",
      namespace: "shop",
      name: "shop",
    });
  });

  it("says of a permission that is missing which rules need it, and what to do", async () => {
    forbidden.add("get jobs").add("watch events");
    const { status, checks, found } = await examined();
    expect({ status, failed: failed(checks) }).toEqual({
      status: 1,
      failed: ["permission watch events", "permission get jobs.batch"],
    });
    expect(found("permission get jobs.batch").detail).toBe(
      "not allowed, needed for rules pod-broken, job-broken",
    );
    for (const name of failed(checks)) expect(found(name).hint).toContain("tocsin rbac | kubectl apply -f -");
  });

  it("says what is lost where the state of objects cannot be read", async () => {
    await configure({ kubernetes: { kubeconfig: "kubeconfig" } });
    forbidden.add("get deployments");
    const { checks, found } = await examined();
    expect(failed(checks)).toEqual(["permission get deployments.apps"]);
    expect(found("permission get deployments.apps").hint).toContain(
      "messages that depend on deployments are not checked before they are sent",
    );
  });

  it("warns where the server does not say what is allowed", async () => {
    server.always("other", (reply) => reply.refuse(403));
    const { status, found } = await examined();
    expect(status).toBe(0);
    expect(found("permission list events")).toMatchObject({ ok: true, level: "warn" });
  });

  it("tries everything else when there is no API server", async () => {
    await connectTo("http://127.0.0.1:1");
    const { status, checks, found } = await examined();
    expect(status).toBe(1);
    expect(found("api-server")).toMatchObject({
      level: "fail",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
    expect(checks.filter(({ level }) => level === "skip")).toHaveLength(8);
    expect(["configuration", "store", "sink hook", "sink out"].map((name) => found(name).ok)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect((await doctor()).stdout).toContain("13 checks, 1 failed, 8 not tried");
  });

  it.each([
    { title: "no kubeconfig", break: () => rm(join(cwd, "kubeconfig")), detail: "no such file" },
    {
      title: "credentials that are not accepted",
      break: () => Promise.resolve(server.always("version", (reply) => reply.refuse(401))),
      detail: "401 unauthorized",
    },
    {
      title: "something else than an API server",
      break: () =>
        Promise.resolve(
          server.always("version", (reply) => {
            reply.open().write("<html>");
            reply.end();
          }),
        ),
      detail: "the answer is not JSON",
    },
  ])("fails with $title, and says what to do", async ({ break: breakIt, detail }) => {
    await breakIt();
    const { status, found } = await examined();
    expect(status).toBe(1);
    expect(found("api-server")).toMatchObject({ level: "fail", detail: expect.stringContaining(detail) });
    expect(found("api-server").hint).not.toBe("");
  });

  /** The credentials come from a command. */
  const plugin = (exec: object) =>
    writeFile(
      join(cwd, "kubeconfig"),
      JSON.stringify({
        ...kubeconfigFor(server.url),
        users: [{ name: "test", user: { exec: { apiVersion: "client.authentication.k8s.io/v1", ...exec } } }],
      }),
    );

  it("names a credential plugin that is missing, with the hint of the kubeconfig", async () => {
    await plugin({ command: "no-such-plugin", installHint: "pkg add no-such-plugin" });
    const { found } = await examined();
    expect(found("api-server").detail).toContain('command "no-such-plugin" is not found in $PATH');
    expect(found("api-server").hint).toBe("pkg add no-such-plugin");
  });

  it("names a credential plugin that does not answer", async () => {
    await plugin({ command: "sleep", args: ["60"] });
    const { found } = await examined();
    expect(found("api-server").detail).toContain('command "sleep" has given no credentials yet');
    expect(found("api-server").hint).toContain("run sleep by hand");
  });

  it("does without a version that it may not read", async () => {
    server.always("version", (reply) => reply.refuse(403));
    const { status, found } = await examined();
    expect(status).toBe(0);
    expect(found("api-server").detail).toContain("version not shown");
    expect(found("clock").level).toBe("warn");
  });

  it("finds a clock that is wrong", async () => {
    server.always("version", (reply) => reply.json({}, dated(clock.now() - 60_000)));
    const { status, found } = await examined();
    expect(status).toBe(1);
    expect(found("clock").detail).toMatch(/^(?:59|60)\.\d s ahead of the API server$/u);
  });

  it("guesses how long Events are kept, over all namespaces", async () => {
    await configure({ kubernetes: { kubeconfig: "kubeconfig", namespaces: ["shop", "default"] } });
    const old = new Date(clock.now() - 181 * 60_000).toISOString();
    server.always("list", (reply, { path }) =>
      reply.json(
        page(path.includes("shop") ? [event("a", 1, { lastTimestamp: old })] : []),
        dated(clock.now()),
      ),
    );
    const { status, found } = await examined();
    expect(status).toBe(0);
    expect(found("event-ttl")).toMatchObject({
      level: "warn",
      detail: expect.stringMatching(/^at least 3 h(?: 1 min)?, the age of the one Event; /u),
    });
  });

  it("says why Events cannot be listed or watched", async () => {
    server.always("list", (reply) => reply.refuse(403, { reason: "Forbidden" }));
    const listless = await examined();
    expect(failed(listless.checks)).toEqual(["event-ttl", "watch"]);
    expect(listless.found("watch").detail).toContain("may not list events");
    server.always("list", (reply) => reply.json(page([])));
    server.always("watch", (reply) => reply.refuse(403, { reason: "Forbidden" }));
    const watchless = await examined();
    expect(failed(watchless.checks)).toEqual(["watch"]);
    expect(watchless.found("watch").detail).toContain("may not watch events");
  });

  it("says what a state file is not, and warns of one in memory", async () => {
    await writeFile(join(cwd, "state.db"), "not a database, but long enough to be one ".repeat(5));
    const broken = await examined();
    expect(failed(broken.checks)).toEqual(["store"]);
    expect(broken.found("store").detail).toContain("is not an SQLite database");
    await configure({ state: { path: ":memory:" } });
    const { status, found } = await examined();
    expect({ status, level: found("store").level }).toEqual({ status: 0, level: "warn" });
  });

  it("says of each sink that cannot be reached where and why, and tries the others", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    closed.close();
    await configure({
      sinks: [
        { name: "nobody", type: "webhook", url: `http://127.0.0.1:1/${CANARY}` },
        { name: "chat", type: "slack", url: { file: "secrets/slack-url" } },
        {
          name: "mail",
          type: "email",
          host: "127.0.0.1",
          port: 1,
          from: "a@example.com",
          to: ["b@example.com"],
        },
        { name: "metadata", type: "webhook", url: `http://169.254.169.254/${CANARY}` },
        { name: "lines", type: "file", path: "tocsin.yaml/lines" },
        { name: "hook", type: "webhook", url: { env: "HOOK_URL" } },
      ],
      route: { sinks: ["nobody", "chat", "mail", "metadata", "lines", "hook"] },
    });
    const { status, checks, found } = await examined();
    expect(status).toBe(1);
    expect(failed(checks)).toEqual(["sink nobody", "sink chat", "sink mail", "sink metadata", "sink lines"]);
    expect(found("sink nobody").detail).toBe(
      "webhook, network: 127.0.0.1:1: the request failed (ECONNREFUSED)",
    );
    expect(found("sink chat").detail).toMatch(
      /^sinks\[1\]\.url: secret file .*slack-url cannot be read \(ENOENT\)$/u,
    );
    expect(found("sink mail").detail).toBe(
      "email, network: 127.0.0.1:1 over TLS: the connection failed (ECONNREFUSED)",
    );
    expect(found("sink metadata").detail).toContain("refused-address");
    expect(found("sink lines").detail).toContain("the file cannot be written (ENOTDIR)");
    for (const { hint } of checks.filter(({ ok }) => !ok)) expect(hint).not.toBe("");
  });

  it("asks the receivers of fallbacks and of self-alerts as well, which no route names", async () => {
    await configure({
      sinks: [
        { name: "hook", type: "webhook", url: { env: "HOOK_URL" }, fallback: "spare" },
        { name: "spare", type: "webhook", url: "http://127.0.0.1:1/spare" },
        { name: "self", type: "webhook", url: "http://127.0.0.1:1/self" },
      ],
      route: { sinks: ["hook"] },
      selfAlerts: { sinks: ["self"] },
    });
    const { checks } = await examined();
    expect(failed(checks)).toEqual(["sink spare", "sink self"]);
  });

  it("names secrets of the server that do not resolve", async () => {
    await configure({ server: { tokens: { read: [{ env: "NO_TOKEN" }] } } });
    const { checks, found } = await examined();
    expect(failed(checks)).toEqual(["configuration"]);
    expect(found("configuration").detail).toContain("environment variable NO_TOKEN is not set");
  });

  it("hints at warnings of the configuration", async () => {
    await configure({ route: { sinks: ["hook"] } });
    const { stdout, status } = await doctor();
    expect(status).toBe(0);
    expect(stdout).toContain("2 rules, 2 sinks, 1 route; 1 warning\n      → tocsin check says which\n");
    expect(stdout).toMatch(/^13 checks, (?:1 warning|2 warnings)$/mu);
  });

  it("waits for nobody for ever", async () => {
    server.always("version", () => undefined);
    receiver.hang();
    const { found } = await examined();
    expect(found("api-server")).toMatchObject({ level: "fail", detail: "no answer within 8 s" });
    expect(found("api-server").hint).toContain(server.url);
  });

  it("is 2 for a configuration that is not usable", async () => {
    await writeFile(join(cwd, "tocsin.yaml"), "sniks: []");
    const { status, stdout, stderr } = await doctor("--json");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("sniks");
  });

  it("works with an API server that has Events and nothing else", async () => {
    await using api = await startEventsApi({ clock });
    await connectTo(api.url);
    const { status, checks, found } = await examined();
    expect({ status, failed: failed(checks) }).toEqual({ status: 0, failed: [] });
    expect(found("watch").level).toBe("ok");
  });
});

describe("tocsin doctor about the heartbeat and own Events", () => {
  it("connects to the dead-man service and sends it nothing", async () => {
    await configure({ heartbeat: { url: { env: "HOOK_URL" } } });
    const { status, found } = await examined();
    expect(status).toBe(0);
    expect(found("heartbeat").detail).toMatch(/^http, 127\.0\.0\.1:\d+.*; nothing was sent$/u);
    await receiver.close();
    const gone = await examined();
    expect(gone.status).toBe(1);
    expect(failed(gone.checks)).toContain("heartbeat");
    expect(gone.found("heartbeat").detail).toMatch(/^http, network: /u);
    receiver = await startReceiver();
  });

  it("says that its address is missing", async () => {
    await configure({ heartbeat: { url: { env: "NOWHERE" } } });
    const { status, found } = await examined();
    expect(status).toBe(1);
    expect(found("heartbeat")).toMatchObject({
      level: "fail",
      detail: expect.stringContaining("heartbeat.url: secret "),
    });
  });

  it("asks for no heartbeat and no right to write Events where neither is meant", async () => {
    const { names } = await examined();
    expect(names.filter((name) => /heartbeat|create|patch/u.test(name))).toEqual([]);
  });

  it("asks for the rights to write Events where the Pod is named", async () => {
    Object.assign(env, { TOCSIN_POD_NAME: "tocsin-1", TOCSIN_POD_NAMESPACE: "monitoring" });
    forbidden.add("create events");
    const { status, found, checks } = await examined();
    expect(status).toBe(1);
    expect(failed(checks)).toEqual(["permission create events.events.k8s.io in monitoring"]);
    expect(found("permission create events.events.k8s.io in monitoring").detail).toBe(
      "not allowed, needed for self-events",
    );
    expect(found("permission patch events.events.k8s.io in monitoring").level).toBe("ok");
  });
});
