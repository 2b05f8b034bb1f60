import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { runCommand } from "./run-command.ts";

const EXPORTER = `route:
  routes:
    - match: [{ receiver: out, reason: "^Failed" }]
receivers: [{ name: out, stdout: {} }]
`;

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata: { name: exporter }
data:
  nginx.conf: |
    server { listen 80; }
  config.yaml: |
${EXPORTER.replaceAll(/^(?=.)/gmu, "    ")}`;

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-import-"));
});

afterEach(() => rm(cwd, { recursive: true }));

async function importText(
  text: string,
  ...argv: readonly string[]
): Promise<Awaited<ReturnType<typeof runCommand>>> {
  return runCommand(["import", "-", "--cluster", "lab", "--out", "new", ...argv], { cwd, stdin: text });
}

describe("tocsin import", () => {
  it("writes a configuration that check has nothing to say about, and says what it did", async () => {
    const { status, stdout, stderr } = await importText(EXPORTER);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("wrote new/tocsin.yaml\nwrote new/IMPORT.md\n");
    expect(stdout).toContain("Of 1 receiver 1 is written.\nOf 1 delivery 1 is written.\n");
    const check = await runCommand(["check", "--strict", "--config", "new/tocsin.yaml"], { cwd });
    expect(check).toMatchObject({ status: 0, stderr: "" });
    expect(await readFile(join(cwd, "new/IMPORT.md"), "utf8")).toMatch(
      /^# Import from kubernetes-event-exporter$/mu,
    );
  });

  it.each([
    ["a ConfigMap", CONFIG_MAP],
    ["a List of ConfigMaps", `items:\n${CONFIG_MAP.replaceAll(/^(?=.)/gmu, "    ").replace("    ", "  - ")}`],
    [
      "values of Helm under the name of a chart",
      `exporter:\n  config:\n${EXPORTER.replaceAll(/^/gmu, "    ")}`,
    ],
    ["JSON", JSON.stringify({ kind: "List", items: [{ data: { "config.yaml": EXPORTER } }] })],
    ["one of several documents", `a: 1\n---\n${EXPORTER}`],
  ])("finds the configuration in %s, and its place in the file", async (_, text) => {
    const { status, stdout } = await importText(text.replace("^Failed", "*Failed*"), "--json");
    expect(status).toBe(0);
    // The shape is checked by the lines below.
    const { report } = JSON.parse(stdout) as { report: { code: string; line: number }[] };
    const line = text.split("\n").findIndex((each) => each.includes("^Failed")) + 1;
    expect(report.filter(({ code }) => code === "regex-invalid")).toEqual([
      expect.objectContaining({ file: "standard input", line: Math.max(1, line) }),
    ]);
  });

  it("reads a ConfigMap of two megabytes", async () => {
    const large = `${CONFIG_MAP}  dump.txt: |\n${"    no: yaml: at all\n".repeat(100_000)}`;
    expect(large.length).toBeGreaterThan(2_000_000);
    expect((await importText(large)).status).toBe(0);
  });

  it("never overwrites, and writes nothing when one file is there", async () => {
    await importText(EXPORTER);
    await rm(join(cwd, "new/tocsin.yaml"));
    const again = await importText(EXPORTER);
    expect(again.status).toBe(1);
    expect(again.stderr).toContain("new/IMPORT.md exists already; nothing was written");
    await expect(stat(join(cwd, "new/tocsin.yaml"))).rejects.toThrow("ENOENT");
  });

  it("names file and line of what does not parse, and the reason where it is a template", async () => {
    await writeFile(join(cwd, "values.yaml"), `a: 1\nroute: {{ .Values.route }}\n`);
    const { status, stderr } = await runCommand(["import", "values.yaml", "--out", "new"], { cwd });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^values\.yaml:2:\d+: .*render it first/mu);
    await expect(stat(join(cwd, "new"))).rejects.toThrow("ENOENT");
  });

  it("names the line inside of a ConfigMap where its text does not parse", async () => {
    const { status, stderr } = await importText(CONFIG_MAP.replace(`"^Failed"`, "*Failed*"));
    const line = CONFIG_MAP.split("\n").findIndex((each) => each.includes("^Failed")) + 1;
    expect(status).toBe(2);
    expect(stderr).toMatch(new RegExp(`^standard input:${line}:\\d+: `, "mu"));
  });

  it("refuses what is no configuration of a tool, several of one, and a file that is not there", async () => {
    expect(await importText("a: 1\n")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("there is no configuration of ") as string,
    });
    const twice = await importText(`${EXPORTER}---\n${EXPORTER}`);
    expect(twice.stderr).toContain("standard input:1:1: one of 2 configurations");
    const missing = await runCommand(["import", "none.yaml"], { cwd });
    expect(missing).toMatchObject({ status: 2, stderr: "none.yaml: there is no such file\n" });
    const nothing = await runCommand(["import", "kubernetes-event-exporter"], { cwd });
    expect(nothing.status).toBe(2);
  });
});
