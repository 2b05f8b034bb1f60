import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createReporter } from "../../src/reporter/index.ts";
import { validateSlackPayload } from "../support/block-kit.ts";
import type { BridgeProcess } from "../support/bridge-process.ts";
import { until } from "../support/until.ts";
import { Inbox, type Way, WAYS } from "./inbox.ts";
import { startInstalledBridge, tocsin } from "./installed-bridge.ts";
import { MountedFiles } from "./mounted-files.ts";
import { NodeBed } from "./node-bed.ts";
import { container, deployment, podTemplate, READINESS } from "./objects.ts";
import { isNodeMissing, PROGRAMS } from "./programs.ts";

const NODE = { name: "node-1", address: "10.1.0.11", taints: [] };
const LANE = "pilots";
const NAMESPACE = "shop";
const REASON = "InjectionFailed";

/** @param types Of Events that the rule takes. */
function ruleFor(...types: readonly string[]): string {
  return JSON.stringify({
    rules: [
      {
        name: "injection-failed",
        match: { type: types, reason: REASON, kind: "Deployment" },
        severity: "warning",
        identity: ["namespace", "workload", "{{ event.type }}"],
      },
    ],
  });
}

const run = promisify(execFile);

describe.skipIf(isNodeMissing())("an Event about a Deployment that is healthy", () => {
  let bed: NodeBed;
  let inbox: Inbox;
  let files: MountedFiles;
  let bridge: BridgeProcess;
  const folder = mkdtempSync(join(tmpdir(), "tocsin-story-"));
  const kubeconfig = join(folder, "kubeconfig");

  beforeAll(async () => {
    bed = await NodeBed.start([NODE]);
    inbox = await Inbox.open();
    writeFileSync(kubeconfig, bed.plane.kubeconfig, { mode: 0o600 });
    await bed.cluster.createNamespace(NAMESPACE);
    for (const name of ["by-go", "by-sdk", "by-command"]) {
      await bed.cluster.apply(
        deployment({ name, namespace: NAMESPACE }, podTemplate(name, [container("serve", READINESS)])),
      );
    }
    files = await MountedFiles.mount(
      bed,
      { node: NODE.name, name: "rules", namespace: NAMESPACE },
      { "rules.yaml": ruleFor("Warning") },
    );
    await until(
      async () => (await unavailable()).length === 0,
      () => bed.log(),
    );
    bridge = await startInstalledBridge(bed, {
      rules: [join(files.folder, "*.yaml")],
      sinks: inbox.sinksOf(LANE),
      route: { sinks: WAYS.map((way) => `${LANE}-${way}`), groupBy: ["..."], groupWait: "100ms" },
    });
  });

  afterAll(async () => {
    await bridge?.[Symbol.asyncDispose]();
    await inbox?.[Symbol.asyncDispose]();
    await bed?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  /** Names of Deployments that are not as they should be. */
  async function unavailable(): Promise<readonly string[]> {
    const { items } = await bed.cluster.apps.listNamespacedDeployment({ namespace: NAMESPACE });
    return items.flatMap(({ metadata, status }) =>
      status?.readyReplicas === 1 ? [] : [metadata?.name ?? ""],
    );
  }

  /** By a Go program that knows client-go and no recorder. */
  async function writeByGo(type: string, message: string): Promise<void> {
    const flags = { kubeconfig, namespace: NAMESPACE, deployment: "by-go", type, reason: REASON, message };
    await run(
      PROGRAMS.plainEvent,
      Object.entries(flags).map(([name, value]) => `-${name}=${value}`),
    );
  }

  /** Waits until all three have a message with these words; answers what each of them got. */
  async function told(...words: readonly string[]): Promise<Readonly<Record<Way, string>>> {
    const found = (way: Way): string | undefined =>
      inbox.by(way, LANE).find(({ text }) => words.every((word) => text.includes(word)))?.text;
    await bridge.until(() => WAYS.every((way) => found(way) !== undefined));
    return { chat: found("chat") ?? "", mail: found("mail") ?? "", hook: found("hook") ?? "" };
  }

  /** It is there, with the fields that this writer leaves out. */
  async function plainEvents(): Promise<readonly object[]> {
    const { items } = await bed.cluster.core.listNamespacedEvent({
      namespace: NAMESPACE,
      fieldSelector: `reason=${REASON},involvedObject.name=by-go`,
    });
    return items.map(({ metadata, count, eventTime, source, type }) => ({
      name: metadata.name?.slice(0, 5),
      count,
      eventTime,
      component: source?.component,
      type,
    }));
  }

  it("is told in chat, mail and webhook when a Go program wrote it without count, times and source", async () => {
    await writeByGo("Warning", "no profile <!channel> for by-go");
    const { chat, mail, hook } = await told("by-go", "no profile");
    expect(await plainEvents()).toEqual([
      { name: "test-", count: undefined, eventTime: null, component: undefined, type: "Warning" },
    ]);
    const posted: unknown = JSON.parse(chat);
    expect(validateSlackPayload(posted)).toEqual([]);
    expect(chat).not.toContain("<!channel>");
    expect(mail).toContain(NAMESPACE);
    expect(JSON.parse(hook)).toMatchObject({
      kind: "firing",
      alerts: [
        {
          rule: "injection-failed",
          labels: { namespace: NAMESPACE, workload: "Deployment/by-go", type: "Warning" },
          event: { reason: REASON, message: "no profile <!channel> for by-go", source: { component: "" } },
        },
      ],
    });
  });

  it("is told when the SDK wrote it", async () => {
    await using reporter = createReporter({ component: "shop.example/injector", kubeconfig });
    await reporter.report({
      regarding: { apiVersion: "apps/v1", kind: "Deployment", namespace: NAMESPACE, name: "by-sdk" },
      reason: REASON,
      action: "Inject",
      note: "no profile for by-sdk",
    }).settled;
    const { hook } = await told("by-sdk", "no profile");
    expect(JSON.parse(hook)).toMatchObject({
      alerts: [{ event: { source: { component: "shop.example/injector" } } }],
    });
  });

  it("is told when the command wrote it", async () => {
    const object = ["--kind", "Deployment", "--api-version", "apps/v1", "--namespace", NAMESPACE];
    const said = ["--reason", REASON, "--message", "no profile for by-command"];
    await tocsin("report", "--kubeconfig", kubeconfig, ...object, "--name", "by-command", ...said);
    await told("by-command", "no profile");
  });

  it("is told with a type of its own once the mounted rule asks for it, without a restart", async () => {
    await writeByGo("Error", "told to nobody");
    const before = bridge.log.length;
    await files.edit({ "rules.yaml": ruleFor("Warning", "Error") });
    await bridge.until(() => bridge.log.slice(before).includes("is in use"));
    await writeByGo("Error", "an error of by-go");
    const { hook } = await told("by-go", "an error of by-go");
    expect(JSON.parse(hook)).toMatchObject({
      alerts: [{ labels: { type: "Error" }, event: { type: "Error" }, occurrences: 1 }],
    });
    expect(inbox.arrivals.filter(({ text }) => text.includes("told to nobody"))).toEqual([]);
  });

  it("is told once to each, and the Deployments were healthy all the time", async () => {
    for (const way of WAYS) expect(inbox.by(way, LANE)).toHaveLength(4);
    expect(await unavailable()).toEqual([]);
    expect(await bridge.stop()).toBe(0);
  });
});
