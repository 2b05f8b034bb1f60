import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createProgram } from "../../src/cli/program.ts";
import { captureIo } from "../cli/run-command.ts";
import { isControlPlaneMissing } from "../support/control-plane.ts";
import { Cluster } from "./cluster.ts";
import { at, CHART, render, VALUE_SETS, valuesFile } from "./rendered.ts";
import { areToolsMissing, helm } from "./tools.ts";

describe.skipIf(isControlPlaneMissing() || areToolsMissing())("a release on a real API server", () => {
  const folder = mkdtempSync(join(tmpdir(), "tocsin-release-"));
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start();
    writeFileSync(join(folder, "kubeconfig"), cluster.plane.kubeconfig, { mode: 0o600 });
    for (const name of ["shop", "shop-staging", "monitoring"]) await cluster.createNamespace(name);
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  /** Runs helm in the namespace `monitoring`; answers what it prints. */
  const release = (...args: readonly string[]): string => {
    const all = [...args, "--namespace", "monitoring"];
    const { status, stdout, stderr } = helm(all, {
      KUBECONFIG: join(folder, "kubeconfig"),
      HELM_CACHE_HOME: folder,
      HELM_CONFIG_HOME: folder,
      HELM_DATA_HOME: folder,
    });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };

  it.each(VALUE_SETS)(
    "is installed with the values %s, says what to do, and leaves nothing behind",
    async (set) => {
      const { manifests } = render(["--values", valuesFile(set)], { release: set });
      const paths = await Promise.all(manifests.map((manifest) => cluster.pathOf(manifest)));
      const notes = release("install", set, CHART, "--values", valuesFile(set)).split("NOTES:\n")[1] ?? "";
      for (const path of paths) expect([path, (await cluster.request(path)).status]).toEqual([path, 200]);
      expect(notes).toContain(
        `kubectl -n monitoring exec deployment/${set}-tocsin -- tocsin send-test slack\n`,
      );
      expect(notes.includes("emptyDir")).toBe(set === "events-only");
      expect(notes.includes("Events about Nodes")).toBe(set === "namespaced");
      for (const argv of commandsIn(notes)) expect([argv, await complaintOf(argv)]).toEqual([argv, ""]);
      release("uninstall", set);
      for (const path of paths) expect([path, await isGone(cluster, path)]).toEqual([path, true]);
    },
  );

  it("is upgraded in place: a new rule changes a ConfigMap and not the Pod", async () => {
    const path = "/apis/apps/v1/namespaces/monitoring/deployments/tocsin";
    release("install", "tocsin", CHART, "--values", valuesFile("two-values"));
    const before = await cluster.get(path);
    release("upgrade", "tocsin", CHART, "--values", valuesFile("two-values"), "--set-json", ADDED_RULE);
    const rules = await cluster.get("/api/v1/namespaces/monitoring/configmaps/tocsin-rules");
    expect(Object.keys(at(rules, "data") as object)).toEqual(["own.yaml"]);
    expect(at(await cluster.get(path), "spec")).toEqual(at(before, "spec"));
    expect(at(await cluster.get(path), "metadata", "generation")).toBe(1);
    release("upgrade", "tocsin", CHART, "--values", valuesFile("two-values"), "--set", "cluster=other");
    expect(at(await cluster.get(path), "metadata", "generation")).toBe(2);
    release("rollback", "tocsin", "1");
    expect(at(await cluster.get(path), "spec")).toEqual(at(before, "spec"));
    release("uninstall", "tocsin");
  });
});

const ADDED_RULE = 'extraRules={"own.yaml":[{"name":"own","match":{"reason":"X"}}]}';

/** The commands in the notes that run in the container: the words after `tocsin`. */
function commandsIn(notes: string): readonly (readonly string[])[] {
  return [...notes.matchAll(/ -- tocsin (?<words>.*)$/gmu)].map(({ groups }) =>
    (groups?.["words"] ?? "").split(" "),
  );
}

/** The complaint of the program about a command line; "" for none. */
async function complaintOf(argv: readonly string[]): Promise<string> {
  const { io, written } = captureIo();
  const program = createProgram(io, () => undefined);
  for (const command of program.commands) command.action(() => undefined);
  await program.parseAsync(argv, { from: "user" }).catch(() => undefined);
  return written.stderr;
}

/** Whether an object is not there, or waits for a controller to let it go: a claim in use keeps its finalizer. */
async function isGone(cluster: Cluster, path: string): Promise<boolean> {
  const { status, body } = await cluster.request(path);
  return status === 404 || at(body, "metadata", "deletionTimestamp") !== undefined;
}
