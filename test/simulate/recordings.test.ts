import { createReadStream, readdirSync } from "node:fs";

import { beforeAll, describe, expect, it } from "vitest";

import { toTimelineText } from "../../src/cli/timeline-text.ts";
import type { Configuration } from "../../src/config/index.ts";
import type { Finding } from "../../src/lib/finding.ts";
import { type Replayed, replayRecording } from "../../src/simulate/index.ts";
import { loadBuiltinConfiguration } from "../support/builtin-configuration.ts";

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

let configuration: Configuration;
beforeAll(async () => {
  configuration = await loadBuiltinConfiguration();
});

/** As `tocsin replay` does, with the rules loaded once for all. */
async function replay(name: string): Promise<Replayed> {
  const findings: Finding[] = [];
  const { enrich, eventTtl } = configuration.process.kubernetes;
  const replayed = await replayRecording({
    file: `${name}.jsonl`,
    chunks: createReadStream(new URL(`${name}.jsonl`, RECORDINGS), "utf8"),
    policy: configuration.policy,
    learnsOwners: enrich !== "off",
    eventTtlMs: eventTtl,
    onFinding: (finding) => findings.push(finding),
  });
  expect(findings).toEqual([]);
  expect([...replayed.faults]).toEqual([]);
  expect(replayed.events).toBeGreaterThan(0);
  return replayed;
}

/**
 * Events of a genuine cluster, and what the rules that ship make of them, where no look-up says more. Read the timelines
 * when they change; they are written anew by `npx vitest run --project unit test/simulate -u`.
 */
describe("a recorded cluster", () => {
  it.each(names)("%s", async (name) => {
    const timeline = toTimelineText(await replay(name), { colour: false });
    await expect(timeline).toMatchFileSnapshot(`recordings/${name}.txt`);
  });

  it.each(HEALTHY)("%s is well, and nobody is told more than an info", async (name) => {
    const { messages } = await replay(name);
    expect(messages.filter(({ notification }) => notification.severity !== "info")).toEqual([]);
  });
});
