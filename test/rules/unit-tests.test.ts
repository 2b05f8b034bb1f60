import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { parseYaml } from "../../src/lib/yaml-file.ts";
import { runCommand } from "../cli/run-command.ts";
import { compilePack } from "./pack.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const TestFile = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      expect: z.array(z.object({ rule: z.string(), kind: z.string() })),
      expectNothingElse: z.boolean().default(false),
    }),
  ),
});

const files = readdirSync(new URL("../../rules/", import.meta.url), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.yaml"))
  .map((file) => readFileSync(new URL(`../../rules/${file}`, import.meta.url), "utf8"))
  .map((text) => TestFile.parse(parseYaml("x", text).value));

describe("the unit tests of the rules", () => {
  it("pass", async () => {
    const { status, stdout } = await runCommand(["test", "--json"], { cwd: ROOT });
    const Answer = z.object({ passed: z.number(), failed: z.number() });
    expect({ status, ...Answer.parse(JSON.parse(stdout)) }).toMatchObject({ status: 0, failed: 0 });
  });

  it("have one in which each rule fires, and one in which nothing may", () => {
    const tests = files.flatMap((file) => file.tests);
    const fires = new Set(
      tests.flatMap((each) => each.expect).flatMap(({ kind, rule }) => (kind === "firing" ? [rule] : [])),
    );
    const calm = tests
      .filter((each) => each.expect.length === 0 && each.expectNothingElse)
      .map(({ name }) => name);
    for (const { name } of compilePack({ more: true }).rules.rules) {
      expect([name, fires.has(name)]).toEqual([name, true]);
      expect([name, calm.some((title) => title.startsWith(`${name} `))]).toEqual([name, true]);
    }
  });
});
