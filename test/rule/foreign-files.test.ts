import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { formatFinding } from "../../src/lib/finding.ts";
import { Secret } from "../../src/lib/secret.ts";
import { readRuleFiles } from "../../src/rule/index.ts";

let baseDir: string;

beforeEach(async () => {
  baseDir = await mkdtemp(join(tmpdir(), "tocsin-foreign-"));
  await mkdir(join(baseDir, "config/rules"), { recursive: true });
  await writeFile(join(baseDir, "secret.yaml"), "root: x:0:0\n");
});

afterEach(() => rm(baseDir, { recursive: true }));

async function findings(): Promise<readonly string[]> {
  const dir = join(baseDir, "config");
  const place = { baseDir: dir, shownDir: "", configPath: undefined, written: true };
  const { units } = await readRuleFiles(["rules/*.yaml"], place);
  return units.flatMap((unit) => unit.findings).map(formatFinding);
}

const inRules = (name: string): string => join(baseDir, "config/rules", name);

describe("a rule file", () => {
  it.each([
    ["a device without an end", (path: string) => symlink("/dev/zero", path)],
    ["a pipe that nobody writes to", (path: string) => Promise.resolve(execFileSync("mkfifo", [path]))],
  ])("that is %s is refused at once", async (_what, make) => {
    await make(inRules("a.yaml"));
    expect(await findings()).toEqual(["rules/a.yaml: it is a device or a pipe, not a file"]);
  });

  it("that is too large is refused by what is read of it", async () => {
    await writeFile(inRules("a.yaml"), Buffer.alloc(4 * 1024 * 1024 + 1, "#"));
    expect(await findings()).toEqual(["rules/a.yaml: larger than 4 MiB"]);
  });

  it("that is a link out of its folder is not quoted", async () => {
    await symlink("../../secret.yaml", inRules("a.yaml"));
    expect(await findings()).toEqual(["rules/a.yaml: is a link out of its folder, which is not followed"]);
  });

  it("may be a link within its folder, as in a mounted ConfigMap, or within the configuration", async () => {
    await mkdir(inRules("..data"));
    await writeFile(inRules("..data/a.yaml"), "rules: []\n");
    await symlink("..data/a.yaml", inRules("a.yaml"));
    await writeFile(join(baseDir, "config/shared.yaml"), "rules: []\n");
    await symlink("../shared.yaml", inRules("b.yaml"));
    expect(await findings()).toEqual([]);
  });
});

describe("the file of a secret", () => {
  it.each(["/dev/zero", "/dev/null"])("is not read where it is a device: %s", (path) => {
    expect(() => Secret.fromFile(path).reveal()).toThrow(`secret file ${path} cannot be read`);
  });
});
