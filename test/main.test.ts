import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { openMemoryLimit } from "./support/memory-limit.ts";
import { until } from "./support/until.ts";

const fileAt = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const REPORTER = fileAt("support/report-process.mjs");
const MAIN = fileAt("../src/main.ts");

/** How a process of the program was started. */
interface Started {
  readonly execArgv: readonly string[];
  readonly arena?: string;
  readonly heapMib: number;
  readonly args: readonly string[];
}

/** Runs the program until its end, which comes at once: there is no such configuration. @returns Each of its lives. */
function started(
  argv: readonly string[],
  options: {
    readonly entry?: string;
    readonly env?: Readonly<Record<string, string>>;
    /** The program that runs it. */
    readonly under?: readonly string[];
  } = {},
): readonly Started[] {
  const { entry = MAIN, env = {}, under = [] } = options;
  const [command = "", ...args] = [...under, process.execPath, "--import", REPORTER, entry, ...argv];
  const { stdout } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", MALLOC_ARENA_MAX: undefined, ...env },
  });
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Started);
}

/** The command of the package, beside these sources: in a checkout it would take what was built last. */
function commandOfPackage(): string {
  const folder = mkdtempSync(join(tmpdir(), "tocsin-bin-"));
  cpSync(fileAt("../bin"), join(folder, "bin"), { recursive: true });
  symlinkSync(fileAt("../src"), join(folder, "src"));
  return join(folder, "bin/tocsin.mjs");
}

describe("the program under npx", () => {
  it("ends in order when the shell of npx is killed, which passes no signal on", async () => {
    const command = `'${process.execPath}' '${commandOfPackage()}' demo; true`;
    const shell = spawn("sh", ["-c", command], {
      env: { ...process.env, npm_command: "exec" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let said = "";
    shell.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    await until(() => said.includes("http://127.0.0.1"));
    const ended = once(shell.stdout, "close");
    shell.kill("SIGKILL");
    // Its output is open as long as one process has it.
    await ended;
    expect(shell.signalCode).toBe("SIGKILL");
  });
});

describe("the process of the service", () => {
  it.each([
    { by: "main", entry: () => MAIN },
    { by: "the command of the package", entry: commandOfPackage },
  ])("has its memory settings when $by starts it", ({ entry }) => {
    const [service, ...others] = started(["run", "--config", "none.yaml"], { entry: entry() });
    expect(others).toEqual([]);
    expect(service?.execArgv.join(" ")).toMatch(
      /^--max-semi-space-size=\d+ --heap-growing-percent=\d+ .*--import/u,
    );
    expect(service).toMatchObject({ arena: "1", args: ["run", "--config", "none.yaml"] });
  });

  it("keeps what was set otherwise", () => {
    const [service] = started(["run", "--config", "none.yaml"], {
      env: { NODE_OPTIONS: "--max-semi-space-size=3", MALLOC_ARENA_MAX: "2" },
    });
    expect(service?.arena).toBe("2");
    expect(service?.execArgv.join(" ")).not.toContain("semi-space");
  });

  it("lets its heap follow the limit of the container", async ({ skip }) => {
    const limit = openMemoryLimit(768 * 2 ** 20);
    if (limit === undefined) return skip("this machine lets nobody limit the memory of a process");
    await using _limit = limit;
    const [service] = started(["run", "--config", "none.yaml"], { under: limit.command });
    expect(service?.execArgv).toContain("--max-old-space-size=576");
    expect(service?.heapMib).toBeGreaterThan(570);
    // The old generation and three semi-spaces of the young one.
    expect(service?.heapMib).toBeLessThanOrEqual(576 + 3 * 8);
  });

  it("is not started anew for a command that ends by itself", () => {
    expect(started(["version"])).toMatchObject([{ execArgv: ["--import", REPORTER] }]);
  });
});
