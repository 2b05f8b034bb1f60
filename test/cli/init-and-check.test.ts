import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
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
        /^tocsin\.yaml:\d+:\d+: warning: sinks\[0\]\.url: secret file .*slack-url is empty$/u,
      ),
    ]);
    await writeFile(join(cwd, "secrets/slack-url"), "https://hooks.slack.com/services/T0/B0/x\n");
    expect(await runCommand(["check", "--strict"], { cwd })).toMatchObject({ status: 0, stderr: "" });
  });

  it("makes a place for the secret that only its owner reads, and keeps it out of Git", async () => {
    await runCommand(["init"], { cwd });
    expect((await stat(join(cwd, "secrets/slack-url"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(cwd, ".gitignore"), "utf8")).toMatch(/^secrets\/$[^]*^data\/$/mu);
  });

  it("leaves a secret and a .gitignore that are there, and says what belongs into it", async () => {
    await mkdir(join(cwd, "secrets"));
    await writeFile(join(cwd, "secrets/slack-url"), "https://hooks.slack.com/services/T0/B0/x\n");
    await writeFile(join(cwd, ".gitignore"), "node_modules/\n");
    const { status, stdout } = await runCommand(["init"], { cwd });
    expect(status).toBe(0);
    expect(stdout).toContain("left .gitignore as it is: add secrets/ and data/ to it\n");
    expect(await readFile(join(cwd, ".gitignore"), "utf8")).toBe("node_modules/\n");
    expect((await runCommand(["check", "--strict"], { cwd })).stderr).toBe("");
  });

  it.each([
    ["npx tocsin", { npm_command: "exec" }],
    ["tocsin", {}],
  ])("names the next commands as %s, which work as they stand", async (name, env) => {
    const { stdout } = await runCommand(["init", "my cluster"], { cwd, env });
    const commands = stdout.split("\n").filter((line) => line.startsWith(`  ${name} `));
    expect(commands.map((line) => line.replace(`  ${name} `, "").split(" ")[0])).toEqual([
      "test",
      "replay",
      "check",
      "send-test",
      "run",
    ]);
    for (const line of commands.slice(0, 3)) {
      const argv = [...line.replace(`  ${name} `, "").matchAll(/'([^']*)'|\S+/gu)].map(
        ([word, quoted]) => quoted ?? word,
      );
      expect(await runCommand(argv, { cwd })).toMatchObject({ status: 0 });
    }
  });

  it("brings a recording of a genuine cluster in which a builtin rule has something to tell", async () => {
    await runCommand(["init"], { cwd });
    expect(await readFile(join(cwd, "samples/crash-loop.jsonl"), "utf8")).toBe(
      await readFile("test/fixtures/recordings/rollout-crash-then-fixed.jsonl", "utf8"),
    );
    const { stdout } = await runCommand(["replay", "samples/crash-loop.jsonl"], { cwd });
    expect(stdout).toMatch(/firing .* Container keeps crashing: Deployment api in shop$/mu);
  });

  it("has no fault in the examples of its comments", async () => {
    await runCommand(["init"], { cwd });
    const text = await readFile(join(cwd, "tocsin.yaml"), "utf8");
    const example = /^(?<indent> *)# (?<code>(?:- |  +)?[\w-]+:.*|- \{.*)$/gmu;
    expect([...text.matchAll(example)].length).toBeGreaterThan(12);
    await writeFile(join(cwd, "tocsin.yaml"), text.replaceAll(example, "$<indent>$<code>"));
    expect((await runCommand(["check"], { cwd })).stderr).not.toContain("error:");
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

  it("says in one line that it was here before", async () => {
    await runCommand(["init"], { cwd });
    const { status, stderr } = await runCommand(["init"], { cwd });
    expect(status).toBe(1);
    expect(stderr).toBe(
      "tocsin: tocsin.yaml, rules/example.yaml, rules/example.test.yaml, samples/crash-loop.jsonl exist already; nothing was written\n",
    );
  });

  it("renews the schemas that another version wrote, and nothing else", async () => {
    await runCommand(["init"], { cwd });
    const today = await readFile(join(cwd, ".schema/rules.json"), "utf8");
    await writeFile(join(cwd, ".schema/rules.json"), '{ "title": "Rules of Tocsin" }');
    await writeFile(join(cwd, "tocsin.yaml"), "mine");
    expect(await runCommand(["init"], { cwd })).toEqual({
      status: 0,
      stdout: "renewed .schema/rules.json\n",
      stderr: "",
    });
    expect(await readFile(join(cwd, ".schema/rules.json"), "utf8")).toBe(today);
    expect(await readFile(join(cwd, "tocsin.yaml"), "utf8")).toBe("mine");
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

  it("says that there is no configuration, and checks the rules of --rules without one", async () => {
    expect(await runCommand(["check"], { cwd })).toEqual({
      status: 1,
      stdout: "1 error\n",
      stderr: `there is no configuration: write one with tocsin init, or name one with --config FILE (${cwd} has no tocsin.yaml)\n`,
    });
    await writeFile(join(cwd, "a.yaml"), "rules: [{ name: a, match: { raeson: A } }]");
    const { status, stderr } = await runCommand(["check", "--rules", "a.yaml"], { cwd });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'a.yaml:1:29: rules[0].match.raeson: unknown key "raeson"; did you mean "reason"?\n',
    });
  });
});
