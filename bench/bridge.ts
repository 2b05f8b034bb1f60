import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { freePort } from "../test/support/free-port.ts";
import { kubeconfigFor } from "../test/support/kubeconfig.ts";
import type { Program } from "./sample.ts";

const LOOP_DELAY = fileURLToPath(new URL("loop-delay.mjs", import.meta.url));
const BUILT = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** The program that is measured: what was built here, or another build in its place. */
const main = (): string => process.env["BENCH_MAIN"] ?? BUILT;

/** Options of Node; those of `src/lib/memory-settings.ts` that are not among them are added by the program itself. */
const nodeFlags = (): readonly string[] =>
  (process.env["BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");

/** The built program as a process of its own, watching `url`. */
export interface Bridge extends Program {
  /** Of its HTTP server: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Milliseconds from the start of the process until /readyz said yes. */
  readonly readyMs: number;
  /** How late the event loop was since this was last asked, milliseconds; 99 of 100 turns were less late. */
  loopDelayP99(): Promise<number>;
  /** The sum of a metric over all its label sets that contain `labels`. */
  metric(name: string, labels?: string): Promise<number>;
}

/** A folder for the files of one bridge, gone at the end; a bridge that is started in it again finds its state. */
export function bridgeFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "tocsin-bench-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Starts the bridge with a configuration, and waits until its watch is live.
 *
 * @param api The address of a server without authentication, or a kubeconfig, YAML.
 * @param folder Where its files are; one of its own unless told otherwise.
 */
export async function startBridge(
  api: string | { readonly kubeconfig: string },
  configuration: object,
  folder?: string,
): Promise<Bridge> {
  using own = folder === undefined ? new DisposableStack() : undefined;
  const directory = folder ?? own?.use(bridgeFolder()).path ?? "";
  const cleanUp = own?.move();
  const port = await freePort();
  const kubeconfig = typeof api === "string" ? JSON.stringify(kubeconfigFor(api)) : api.kubeconfig;
  writeFileSync(join(directory, "kubeconfig.yaml"), kubeconfig);
  const file = join(directory, "tocsin.yaml");
  const settings = {
    cluster: "bench",
    // The embedded API has Events and nothing else.
    kubernetes: { kubeconfig: "kubeconfig.yaml", startFrom: "all", enrich: "off" },
    state: { path: "tocsin.db" },
    server: { listen: `127.0.0.1:${port}` },
    log: { level: "warn" },
  };
  writeFileSync(file, JSON.stringify({ ...settings, ...configuration }));
  const startedAt = performance.now();
  const delays = join(directory, "loop-delay.json");
  const child = spawn(
    process.execPath,
    [...nodeFlags(), "--import", LOOP_DELAY, main(), "run", "--config", file],
    {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, LOOP_DELAY_FILE: delays },
    },
  );
  const base = `http://127.0.0.1:${port}`;
  await untilReady(child, `${base}/readyz`);
  const readyMs = performance.now() - startedAt;
  const { pid } = child;
  if (pid === undefined) throw new Error("the bridge did not start");
  return {
    pid,
    url: base,
    readyMs,
    loopDelayP99: async () => {
      rmSync(delays, { force: true });
      child.kill("SIGUSR2");
      for (let attempt = 0; attempt < 500 && !existsSync(delays); attempt++) await sleep(10);
      return (JSON.parse(readFileSync(delays, "utf8")) as { readonly p99Ms: number }).p99Ms;
    },
    // A connection of its own: the server ends idle ones, and one may end while a question is under way.
    metric: async (name, labels = "") => {
      const answer = await fetch(`${base}/metrics`, { headers: { connection: "close" } });
      return sumOf(await answer.text(), name, labels);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
      cleanUp?.dispose();
    },
  };
}

function sumOf(text: string, name: string, labels: string): number {
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => line.includes(labels))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  for (let attempt = 0; attempt < 3000; attempt++) {
    if (child.exitCode !== null) throw new Error(`the bridge ended with status ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(10);
  }
  throw new Error("the bridge did not become ready within 30 s");
}
