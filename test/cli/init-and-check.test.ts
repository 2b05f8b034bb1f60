import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { runCommand } from "./run-command.ts";

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-cli-"));
});

afterEach(() => rm(cwd, { recursive: true }));

const GOOD = "rules: [builtin]\nsinks: [{ name: console, type: stdout }]\nroute: { sinks: [console] }\n";
const WARNING = `${GOOD}state: { path: ":memory:" }\n`;
const BAD = "sniks: []\n";

describe("tocsin init", () => {
  it("writes a configuration in which check finds nothing but the missing secret", async () => {
    const { status, stdout } = await runCommand(["init"], { cwd });
    expect(status).toBe(0);
    for (const path of ["tocsin.yaml", "rules/example.yaml", "rules/example.test.yaml"]) {
      expect(stdout).toContain(`wrote ${path}\n`);
      expect(await readFile(join(cwd, path), "utf8")).toContain("#");
    }
    const check = await runCommand(["check"], { cwd });
    expect(check.status).toBe(0);
    expect(check.stderr.trim().split("\n")).toEqual([
      expect.stringMatching(
        /^tocsin\.yaml:\d+:\d+: warning: sinks\[0\]\.url: secret file .*slack-url cannot be read/u,
      ),
    ]);
    await mkdir(join(cwd, "secrets"));
    await writeFile(join(cwd, "secrets/slack-url"), "https://hooks.slack.com/services/T0/B0/x\n");
    expect(await runCommand(["check", "--strict"], { cwd })).toMatchObject({ status: 0, stderr: "" });
  });

  it("tells editors the shape of each file", async () => {
    await runCommand(["init"], { cwd });
    for (const path of ["tocsin.yaml", "rules/example.yaml", "rules/example.test.yaml"]) {
      const [, named = ""] =
        /^# yaml-language-server: \$schema=(\S+)\n/u.exec(await readFile(join(cwd, path), "utf8")) ?? [];
      const schema = await readFile(join(cwd, dirname(path), named), "utf8");
      expect(JSON.parse(schema)).toMatchObject({ title: expect.stringContaining("Tocsin") });
    }
  });

  it("writes into a folder that is not there yet", async () => {
    expect((await runCommand(["init", "a/b"], { cwd })).stdout).toContain("wrote a/b/tocsin.yaml\n");
    expect((await runCommand(["check", "--config", "a/b/tocsin.yaml"], { cwd })).status).toBe(0);
  });

  it("says when it cannot write there", async () => {
    await writeFile(join(cwd, "a"), "a file");
    const { status, stderr } = await runCommand(["init", "a/b"], { cwd });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^tocsin: a\/b cannot be written: ENOTDIR: /u);
  });

  it("overwrites nothing, and writes nothing at all then", async () => {
    await mkdir(join(cwd, "rules"));
    await writeFile(join(cwd, "rules/example.yaml"), "mine");
    const { status, stdout, stderr } = await runCommand(["init"], { cwd });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: "",
      stderr: "tocsin: rules/example.yaml exists already; nothing was written\n",
    });
    expect(await readFile(join(cwd, "rules/example.yaml"), "utf8")).toBe("mine");
    await expect(readFile(join(cwd, "tocsin.yaml"))).rejects.toThrow("ENOENT");
  });
});

describe("tocsin check", () => {
  it.each([
    { title: "a good one", text: GOOD, argv: [], status: 0 },
    { title: "warnings alone", text: WARNING, argv: [], status: 0 },
    { title: "warnings, strictly", text: WARNING, argv: ["--strict"], status: 1 },
    { title: "errors", text: BAD, argv: [], status: 1 },
  ])("ends with $status for $title", async ({ text, argv, status }) => {
    await writeFile(join(cwd, "tocsin.yaml"), text);
    expect((await runCommand(["check", ...argv], { cwd })).status).toBe(status);
    const json = await runCommand(["check", "--json", ...argv], { cwd });
    expect(json).toMatchObject({ status, stderr: "" });
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: status === 0 });
  });

  it("prints what it found, and findings on standard error", async () => {
    await writeFile(join(cwd, "tocsin.yaml"), WARNING);
    expect(await runCommand(["check"], { cwd })).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^\d+ rules, 1 sink, 1 route, 1 warning\n$/u),
      stderr:
        "tocsin.yaml:4:16: warning: state.path: a restart forgets open alerts and undelivered messages; name a file to keep them\n",
    });
  });

  it("gives findings as JSON, each with its place", async () => {
    await writeFile(join(cwd, "tocsin.yaml"), BAD);
    const { findings } = JSON.parse((await runCommand(["check", "--json"], { cwd })).stdout);
    expect(findings).toContainEqual({
      level: "error",
      file: "tocsin.yaml",
      line: 1,
      column: 1,
      path: "sniks",
      message: 'unknown key "sniks"; did you mean "sinks"?',
    });
  });

  it("uses colour only where a terminal is", async () => {
    await writeFile(join(cwd, "tocsin.yaml"), BAD);
    const [plain, coloured] = [
      await runCommand(["check"], { cwd }),
      await runCommand(["check"], { cwd, colour: { stdout: false, stderr: true } }),
    ];
    expect(plain.stderr).not.toContain("\u001b[");
    expect(coloured.stderr).toContain("\u001b[31m");
  });

  it("checks the builtin rules, or those of --rules, where there is no configuration", async () => {
    expect((await runCommand(["check"], { cwd })).stdout).toMatch(/^\d\d+ rules, 1 sink, 1 route\n$/u);
    await writeFile(join(cwd, "a.yaml"), "rules: [{ name: a, match: { raeson: A } }]");
    const { status, stderr } = await runCommand(["check", "--rules", "a.yaml"], { cwd });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'a.yaml:1:29: rules[0].match.raeson: unknown key "raeson"; did you mean "reason"?\n',
    });
  });
});
