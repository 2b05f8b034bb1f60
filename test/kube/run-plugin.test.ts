import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it } from "vitest";

import { runPlugin } from "../../src/kube/run-plugin.ts";
import { until } from "../support/until.ts";

it("of a plugin that says more than anybody reads, only the end is kept", async () => {
  const script =
    "process.stdout.write('x'.repeat(3e6) + 'end'); process.stderr.write('y'.repeat(1e5) + 'last')";
  const call = { command: process.execPath, args: ["-e", script], env: process.env };
  const { failure, stdout, stderr } = await runPlugin(call, new AbortController().signal);
  expect(failure).toBeUndefined();
  expect([stdout.length, stdout.slice(-4)]).toEqual([1024 * 1024, "xend"]);
  expect([stderr.length, stderr.slice(-5)]).toEqual([4096, "ylast"]);
});

it("ends with the processes that it started", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tocsin-plugin-"));
  const file = join(folder, "pid");
  const script = `
    const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
    require("node:fs").writeFileSync(${JSON.stringify(file)}, String(child.pid));
    setInterval(() => undefined, 1000);
  `;
  const limit = new AbortController();
  const call = { command: process.execPath, args: ["-e", script], env: process.env };
  const end = runPlugin(call, limit.signal);
  const childOf = (): number => Number(tryTo(() => readFileSync(file, "utf8")) ?? 0);
  await until(() => childOf() > 0);
  const child = childOf();
  limit.abort(new Error("too long"));
  await expect(end).rejects.toThrow("too long");
  await until(() => tryTo(() => process.kill(child, 0)) === undefined);
  rmSync(folder, { recursive: true });
});

function tryTo<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
