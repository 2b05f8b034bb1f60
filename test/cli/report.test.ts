import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type EventsApi, startEventsApi } from "../../src/demo/index.ts";
import { FaultyProxy } from "../support/faulty-proxy.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { PacedClock } from "../support/paced-clock.ts";
import { type Outcome, runCommand } from "./run-command.ts";

let clock: PacedClock;
let api: EventsApi;
let proxy: FaultyProxy;
let cwd: string;

beforeEach(async () => {
  clock = new PacedClock(10);
  api = await startEventsApi({ clock });
  const request = (path: string, init?: RequestInit): Promise<Response> => fetch(api.url + path, init);
  await request("/api/v1/namespaces", {
    method: "POST",
    body: JSON.stringify({ metadata: { name: "shop" } }),
  });
  proxy = await FaultyProxy.start({ request });
  cwd = await mkdtemp(join(tmpdir(), "tocsin-report-"));
  await writeFile(
    join(cwd, "kubeconfig.json"),
    JSON.stringify(kubeconfigFor(proxy.url, { token: "canary-secret" })),
  );
});

afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  await api.stop();
  clock[Symbol.dispose]();
  await rm(cwd, { recursive: true });
});

const BACKUP = {
  reason: "BackupFailed",
  message: "bucket is full",
  kind: "CronJob",
  name: "backup",
  namespace: "shop",
};

function report(options: Record<string, string> = {}, ...flags: readonly string[]): Promise<Outcome> {
  const given = { ...BACKUP, ...options };
  const args = Object.entries(given).flatMap(([key, value]) => (value === "" ? [] : [`--${key}`, value]));
  return runCommand(["report", ...args, ...flags], {
    clock,
    cwd,
    env: { KUBECONFIG: join(cwd, "kubeconfig.json") },
  });
}

async function stored(namespace = "shop"): Promise<readonly unknown[]> {
  const answer = await fetch(`${api.url}/apis/events.k8s.io/v1/namespaces/${namespace}/events`);
  return ((await answer.json()) as { items: readonly unknown[] }).items;
}

describe("tocsin report", () => {
  it("writes one Event and says which", async () => {
    const { status, stdout, stderr } = await report({
      type: "Normal",
      action: "Backup",
      component: "shop.example/backup",
      severity: "info",
      "api-version": "batch/v1",
      uid: "uid-1",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^created: shop\/backup\.[0-9a-f]{16} \(BackupFailed\)\n$/u);
    expect(await stored()).toMatchObject([
      {
        reason: "BackupFailed",
        note: "bucket is full",
        type: "Normal",
        action: "Backup",
        regarding: {
          apiVersion: "batch/v1",
          kind: "CronJob",
          namespace: "shop",
          name: "backup",
          uid: "uid-1",
        },
        reportingController: "shop.example/backup",
        metadata: { annotations: { "tocsin.dev/severity": "info" } },
      },
    ]);
  });

  it("is a Warning by tocsin-report unless told, its action the reason", async () => {
    await report();
    expect(await stored()).toMatchObject([
      { type: "Warning", action: "BackupFailed", reportingController: "tocsin-report" },
    ]);
  });

  it("raises the count of one Event for calls with one key", async () => {
    const outcomes = [];
    for (let run = 0; run < 3; run++) outcomes.push(await report({ "dedupe-key": "nightly" }));
    expect(outcomes.map(({ stdout }) => stdout.replace(/[0-9a-f]{20}/u, "…"))).toEqual([
      "created: shop/backup.… (BackupFailed)\n",
      "repeated: shop/backup.… (BackupFailed, occurrence 2)\n",
      "repeated: shop/backup.… (BackupFailed, occurrence 3)\n",
    ]);
    expect(await stored()).toMatchObject([{ series: { count: 3 } }]);
  });

  it("answers JSON", async () => {
    const { stdout } = await report({}, "--json");
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      event: {
        namespace: "shop",
        name: expect.stringMatching(/^backup\./u),
        uid: expect.any(String),
        resourceVersion: expect.any(String),
        count: 1,
      },
    });
  });

  it("takes the API server from a configuration that is named", async () => {
    await writeFile(
      join(cwd, "tocsin.yaml"),
      JSON.stringify({
        cluster: "test",
        kubernetes: { kubeconfig: "kubeconfig.json" },
        rules: ["builtin"],
        sinks: [{ name: "console", type: "stdout" }],
        route: { sinks: ["console"] },
      }),
    );
    const args = Object.entries(BACKUP).flatMap(([key, value]) => [`--${key}`, value]);
    const { status } = await runCommand(["report", ...args, "--config", "tocsin.yaml"], {
      clock,
      cwd,
    });
    expect(status).toBe(0);
    expect(await stored()).toHaveLength(1);
  });

  it("goes on through a failure, and says so", async () => {
    proxy.next("reset");
    const { status, stderr } = await report();
    expect(status).toBe(0);
    expect(stderr).toMatch(/^tocsin: POST \/apis\/events.*: no answer: .*; trying again for 30s\n$/u);
  });

  it("fails when the time is over, with the last failure", async () => {
    proxy.standing = () => ({ status: 503, message: "etcd is away" });
    const { status, stdout, stderr } = await report({ timeout: "300ms" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    const [, last, hint] = stderr.split("\n");
    expect(last).toMatch(/^not written: given up after 300ms: POST .* answered 503: etcd is away$/u);
    expect(hint).toBe("it may have been written all the same: --dedupe-key makes a second try safe");
  });

  it("says where it looked when nothing is there", async () => {
    await proxy[Symbol.asyncDispose]();
    const { status, stderr } = await report({ timeout: "200ms" });
    expect(status).toBe(1);
    const [, last = "", hint] = stderr.split("\n");
    expect(last).toMatch(/^not written: given up after 200ms: POST .*: no answer: .*ECONNREFUSED/u);
    // Each thing once.
    expect(last.match(/POST/gu)).toHaveLength(1);
    expect(hint).toBe("nothing answers at this address: look at --kubeconfig and --context");
    proxy = await FaultyProxy.start({ request: () => Promise.reject(new Error("unused")) });
  });

  it("gives up on a server that says nothing", async () => {
    proxy.standing = () => "hang";
    const { status, stderr } = await report({ timeout: "200ms" });
    expect(status).toBe(1);
    expect(stderr).toContain("not written: given up after 200ms: no answer");
  });

  it.each([
    [
      { status: 403, reason: "Forbidden", message: "not allowed" },
      'it needs the verbs create and patch on events, apiGroup "events.k8s.io", in namespace shop',
    ],
    [
      {
        status: 403,
        reason: "Forbidden",
        message: "unable to create new content in namespace shop because it is being terminated",
        cause: "NamespaceTerminating",
      },
      "the namespace shop is being deleted, and takes nothing new",
    ],
    [
      { status: 404, reason: "NotFound", message: 'namespaces "shop" not found' },
      "there is no namespace shop",
    ],
  ])("has a word for %j", async (fault, hint) => {
    proxy.next(fault);
    const { status, stdout, stderr } = await report();
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(fault.message);
    expect(stderr.endsWith(`\n${hint}\n`)).toBe(true);
    proxy.next(fault);
    expect(JSON.parse((await report({}, "--json")).stdout)).toMatchObject({
      ok: false,
      failure: "refused",
      status: fault.status,
      hint,
    });
  });

  it("says that credentials are not known, and never shows them", async () => {
    const unauthorized = { status: 401, reason: "Unauthorized", message: "Unauthorized" };
    proxy.next(unauthorized, unauthorized);
    const { status, stderr } = await report();
    expect(status).toBe(1);
    expect(stderr).toContain("the API server does not know these credentials: look at --kubeconfig");
    expect(stderr).not.toContain("canary-secret");
  });

  it.each([
    [{ kind: "pod" }, '--kind is "pod"; write it as manifests do, such as Pod or Deployment'],
    [{ namespace: "Shop" }, '--namespace is "Shop"; write the name of a namespace'],
    [{ reason: "x".repeat(129) }, "--reason has 129 bytes; at most 128 are allowed"],
    [{ timeout: "30" }, '--timeout is "30"; write 10s, 1m or 1m30s'],
    [{ timeout: "0" }, '--timeout is "0"; write 10s, 1m or 1m30s'],
    [{ component: "a b" }, 'component is "a b"; write letters'],
    [{ reason: "" }, "required option '--reason <reason>' not specified"],
    [{ type: "Error" }, "Allowed choices are Warning, Normal"],
    [{ kubeconfig: "nowhere.json" }, "nowhere.json"],
  ])("is used wrongly with %j", async (options, message) => {
    const { status, stderr } = await report(options);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(proxy.requests).toEqual([]);
  });
});
