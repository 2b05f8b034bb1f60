import { createReadStream, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { beforeAll, describe, expect, it } from "vitest";

import { toTimelineText } from "../../src/cli/timeline-text.ts";
import { type Configuration, loadConfiguration } from "../../src/config/index.ts";
import { replayRecording } from "../../src/simulate/index.ts";
import { loadBuiltinConfiguration } from "../support/builtin-configuration.ts";

const CASES = new URL("../fixtures/cases/", import.meta.url);

let builtin: Configuration;
beforeAll(async () => {
  builtin = await loadBuiltinConfiguration();
});

/** With the rules that ship, or with those of a file beside the case. */
async function configurationFor(rules: string | undefined): Promise<Configuration> {
  if (rules === undefined) return builtin;
  const { configuration } = await loadConfiguration({
    file: undefined,
    rules: [rules],
    env: {},
    cwd: fileURLToPath(CASES),
    nameCluster: () => "my-cluster",
  });
  if (configuration === undefined) throw new Error(`${rules} is not right`);
  return configuration;
}

/** Situations that people reported of other tools; README.md says what is right in each. */
describe("a reported case", () => {
  it.each([
    ["argofail", undefined],
    ["karpdis", undefined],
    ["knative", "svc.yaml"],
    ["longhorn", "lh.yaml"],
    ["oomnode", undefined],
    // Of a node that was cordoned before: a reboot by plan is not told; the one that nobody prepared is.
    ["reboot", undefined],
    ["reboot3", undefined],
    ["scaledown", undefined],
    ["spot", undefined],
  ] as const)("%s", async (name, rules) => {
    const { policy, process } = await configurationFor(rules);
    const replayed = await replayRecording({
      file: `${name}.jsonl`,
      chunks: createReadStream(new URL(`${name}.jsonl`, CASES), "utf8"),
      policy,
      learnsOwners: true,
      eventTtlMs: process.kubernetes.eventTtl,
      onFinding: ({ message }) => expect(message).toBe(""),
    });
    await expect(toTimelineText(replayed, { colour: false })).toMatchFileSnapshot(`cases/${name}.txt`);
  });

  it("is described", () => {
    const text = readFileSync(new URL("README.md", CASES), "utf8");
    for (const name of [
      "argofail",
      "karpdis",
      "knative",
      "longhorn",
      "oomnode",
      "reboot",
      "scaledown",
      "spot",
    ])
      expect(text).toContain(`\`${name}`);
  });
});
