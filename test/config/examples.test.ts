import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { loadConfiguration } from "../../src/config/index.ts";

describe("examples", async () => {
  const files = (await readdir("examples")).filter((name) => name.endsWith(".yaml"));

  it.each(files)("%s is a complete configuration without findings", async (name) => {
    const { configuration, findings } = await loadConfiguration({
      file: join("examples", name),
      env: {},
      cwd: process.cwd(),
    });
    expect(findings).toEqual([]);
    expect(configuration).toBeDefined();
  });
});

describe("docs/configuration.md", async () => {
  const page = await readFile("docs/configuration.md", "utf8");
  const blocks = [...page.matchAll(/```yaml\n(.*?)```/gsu)].map(([, block = ""]) => block);

  it.each(blocks)("holds only configurations that work: %s", async (block) => {
    const cwd = await mkdtemp(join(tmpdir(), "tocsin-docs-"));
    await writeFile(join(cwd, "tocsin.yaml"), block);
    const { findings } = await loadConfiguration({ file: undefined, env: {}, cwd });
    await rm(cwd, { recursive: true });
    expect(findings).toEqual([]);
  });
});
