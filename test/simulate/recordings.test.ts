import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { runCommand } from "../cli/run-command.ts";

const RECORDINGS = new URL("../fixtures/recordings/", import.meta.url);
const names = readdirSync(RECORDINGS)
  .filter((file) => file.endsWith(".jsonl"))
  .map((file) => file.replace(/\.jsonl$/u, ""));

/** Nothing is wrong in these, or nothing that lasts. */
const HEALTHY: readonly string[] = [
  "garbage-collector",
  "leader-election",
  "namespace-deleted",
  "probe-redirect",
  "rollout-scale-node-loss",
  "storefront-start",
];

/** What a replay says as JSON, as far as these tests look at it. */
interface Replay {
  readonly events: number;
  readonly notifications: readonly { readonly severity: string }[];
}

async function replay(name: string, ...argv: readonly string[]): Promise<string> {
  const file = fileURLToPath(new URL(`${name}.jsonl`, RECORDINGS));
  const { stdout, stderr, status } = await runCommand(["replay", file, ...argv]);
  expect([stderr, status]).toEqual(["", 0]);
  return stdout;
}

/** Events of a genuine cluster, and what the rules that ship make of them; read the timelines when they change. */
describe("a recorded cluster", () => {
  it.each(names)("%s", async (name) => {
    await expect(await replay(name)).toMatchFileSnapshot(`recordings/${name}.txt`);
  });

  it.each(HEALTHY)("%s is well, and nobody is told more than an info", async (name) => {
    // The command's own shape.
    const { notifications, events } = JSON.parse(await replay(name, "--json")) as Replay;
    expect(events).toBeGreaterThan(0);
    expect(notifications.filter(({ severity }) => severity !== "info")).toEqual([]);
  });
});
