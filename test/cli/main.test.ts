import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";

import { describe, expect, it } from "vitest";

import { runCommand } from "./run-command.ts";

describe("the command line", () => {
  it.each([
    { argv: ["chekc"], stderr: "Did you mean check?" },
    { argv: ["check", "--jsn"], stderr: "Did you mean --json?" },
    { argv: ["explain"], stderr: "or describe the Event with --reason" },
    { argv: ["send-test"], stderr: "missing required argument 'sink'" },
    { argv: ["explain", "a", "b"], stderr: "too many arguments" },
    { argv: ["demo", "--speed", "0"], stderr: "write a number above 0" },
    {
      argv: ["check", "--config", "a.yaml", "--rules", "b/*.yaml"],
      stderr: "--rules is instead of a configuration",
    },
    { argv: ["explain", "no-such-file.yaml"], stderr: "no-such-file.yaml: there is no such file" },
    { argv: ["send-test", "ops"], stderr: "there is no configuration: write one with tocsin init" },
    { argv: ["run"], stderr: "there is no configuration: write one with tocsin init" },
  ])("answers wrong usage with status 2: $argv", async ({ argv, stderr }) => {
    const outcome = await runCommand(argv);
    expect(outcome.status).toBe(2);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).toContain(stderr);
  });

  it("prints help and version when they are asked for", async () => {
    const help = await runCommand(["--help"]);
    expect(help.status).toBe(0);
    for (const command of ["init", "run", "demo", "check", "explain", "send-test", "version"]) {
      expect(help.stdout).toContain(`  ${command}`);
    }
    const [short, long] = [await runCommand(["version"]), await runCommand(["--version"])];
    expect(short).toEqual(long);
    expect(short.stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
  });

  it("answers help with status 2 when no command is given", async () => {
    const { status, stderr } = await runCommand([]);
    expect(status).toBe(2);
    expect(stderr).toContain("Usage: tocsin");
  });

  it("works as a process of its own, also when nobody reads its output to the end", async () => {
    const run = async (argv: readonly string[]) => {
      const child = spawn(process.execPath, ["src/main.ts", ...argv], { stdio: ["ignore", "pipe", "pipe"] });
      const [stdout, stderr, status] = await Promise.all([
        buffer(child.stdout),
        buffer(child.stderr),
        new Promise((resolve) => child.on("exit", resolve)),
      ]);
      return { status, stdout: stdout.toString(), stderr: stderr.toString() };
    };
    expect(await run(["check", "--config", "test/config/bad/no-route.yaml"])).toEqual({
      status: 1,
      stdout: "1 error\n",
      stderr:
        "test/config/bad/no-route.yaml:1:1: route: missing: name the sinks for alerts, as in route: { sinks: [name] }\n",
    });
    const child = spawn(process.execPath, ["src/main.ts", "explain", "--json", "-"]);
    child.stdin.end(JSON.stringify({ kind: "Event", reason: "BackOff" }));
    child.stdout.destroy();
    const [stderr, status] = await Promise.all([
      buffer(child.stderr),
      new Promise((resolve) => child.on("exit", resolve)),
    ]);
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
  });
});
