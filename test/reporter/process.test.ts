import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type EventsApi, startEventsApi } from "../../src/demo/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { FLUSH_EVERY_MS } from "../../src/reporter/limits.ts";
import { FaultyProxy } from "../support/faulty-proxy.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";

const run = promisify(execFile);
const directory = mkdtempSync(join(tmpdir(), "tocsin-reporter-process-"));

let api: EventsApi;
let proxy: FaultyProxy;

beforeEach(async () => {
  api = await startEventsApi({ clock: systemClock });
  const request = (path: string, init?: RequestInit): Promise<Response> => fetch(api.url + path, init);
  await request("/api/v1/namespaces", { method: "POST", body: '{"metadata":{"name":"shop"}}' });
  proxy = await FaultyProxy.start({ request });
  writeFileSync(join(directory, "config"), JSON.stringify(kubeconfigFor(proxy.url)));
});

afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  await api.stop();
});

/** A host that imports the SDK as a package, from outside of it but for its name. */
function host(code: string): readonly string[] {
  const file = join("test", "reporter", "host.mjs");
  return ["--conditions=tocsin-source", file, join(directory, "config"), code];
}

async function stored(): Promise<readonly { name: string; count: number }[]> {
  const answer = await fetch(`${api.url}/api/v1/namespaces/shop/events`);
  const { items } = (await answer.json()) as {
    items: { metadata: { name: string }; series?: { count: number } }[];
  };
  return items.map(({ metadata: { name }, series }) => ({ name, count: series?.count ?? 1 }));
}

async function ended(child: ChildProcess): Promise<{ code: number | null; lines: readonly string[] }> {
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, lines: output.split("\n").filter((line) => line !== "") };
}

describe("a process that reports", () => {
  it("loads nothing of the package but the SDK and what it stands on", async () => {
    const { stdout } = await run(process.execPath, [...host("console.log(JSON.stringify(loaded()))")]);
    const loaded = JSON.parse(stdout) as { files: readonly string[]; packages: readonly string[] };
    const folders = loaded.files.map((file) => file.split("/")[0]);
    expect(new Set(folders)).toEqual(new Set(["reporter", "kube", "egress", "lib"]));
    // Kubernetes' own client is large, and only credential plugins need it.
    expect(new Set(loaded.packages)).toEqual(new Set(["undici", "yaml", "zod"]));
  });

  it("may end by itself without closing: what was reported first is there, and nothing keeps it alive", async () => {
    const code = `
      for (let i = 0; i < 3; i++) report("a");
      const before = performance.now();
      process.once("exit", () => console.log(performance.now() - before));`;
    const { stdout } = await run(process.execPath, [...host(code)]);
    expect(await stored()).toMatchObject([{ count: 3 }]);
    // The end did not wait for the next timer, that of the flush.
    expect(Number(stdout)).toBeLessThan(FLUSH_EVERY_MS);
  });

  it("lives through a failure that nobody heeds", async () => {
    proxy.standing = () => ({ status: 403, message: "no permission" });
    const code =
      "void report('a').settled; void report('').settled; await new Promise((r) => setTimeout(r, 300)); console.log('alive')";
    const { stdout, stderr } = await run(process.execPath, [...host(code)]);
    expect(stdout).toBe("alive\n");
    expect(stderr).toContain("TocsinReporterWarning: refused: Test about Pod shop/web");
    expect(stderr).toContain("TocsinReporterWarning: invalid: reason is empty");
  });

  it("that exits while it flushes has told what it said was settled, and doubles nothing afterwards", async () => {
    const notes = Array.from({ length: 20 }, (_, index) => `note ${index}`);
    const code = `
      let settled = 0;
      for (const note of ${JSON.stringify(notes)}) {
        report("a", note).settled.then(({ name }) => {
          console.log(name);
          if (++settled === 5) process.exit(3);
        });
      }
      await reporter.close();`;
    const { code: status, lines } = await ended(spawn(process.execPath, host(code)));
    expect(status).toBe(3);
    const names = (await stored()).map(({ name }) => name);
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(names).toEqual(expect.arrayContaining([...lines]));
    // Some may have been on their way: each is there once at most.
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeLessThanOrEqual(20);
  });

  it("is kept alive by close for as long as it may take, and then told", async () => {
    proxy.standing = () => "reset";
    const code = `
      report("a");
      const { undelivered } = await reporter.close({ withinMs: 1500 });
      console.log(undelivered.map(({ failure }) => failure).join());
      process.exitCode = undelivered.length;`;
    const { code: status, lines } = await ended(spawn(process.execPath, host(code)));
    expect({ status, lines }).toEqual({ status: 1, lines: ["closed"] });
  });
});
