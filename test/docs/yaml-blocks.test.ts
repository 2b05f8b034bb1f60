import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { parseEvents } from "../../src/cli/event-input.ts";
import { type LoadedConfiguration, loadConfiguration } from "../../src/config/index.ts";
import { formatFinding } from "../../src/lib/finding.ts";
import { OBJECT_KINDS } from "../../src/object/index.ts";
import { wholeText } from "../../src/simulate/recording.ts";
import { runCommand } from "../cli/run-command.ts";
import { faultsInValues } from "../config/chart-values.ts";
import { type Block, blockAfter, type Page, PAGES } from "./pages.ts";

/** https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/cluster-role-v1/ */
const ClusterRole = z.strictObject({
  apiVersion: z.literal("rbac.authorization.k8s.io/v1"),
  kind: z.enum(["ClusterRole", "Role"]),
  metadata: z.strictObject({ name: z.string(), namespace: z.string().optional() }),
  rules: z.array(
    z.strictObject({
      apiGroups: z.array(z.enum(["", "events.k8s.io", "apps", "autoscaling", "batch"])).min(1),
      resources: z
        .array(z.enum(["events", ...[...OBJECT_KINDS.values()].map(({ resource }) => resource)]))
        .min(1),
      resourceNames: z.array(z.string()).optional(),
      verbs: z.array(z.enum(["get", "list", "watch", "create", "patch"])).min(1),
    }),
  ),
});

/** The faults of a block, loaded as the file that its mark names; one line for each finding. */
async function faultsIn(page: Page, block: Block): Promise<string> {
  if (block.mark.endsWith(".test.yaml")) return failuresOf(page, block);
  switch (block.mark) {
    case "ClusterRole":
    case "Role":
      return ClusterRole.safeParse(parse(block.text)).error?.message ?? "";
    case "values.yaml":
      return faultsInValues(block.text).join("\n");
    case "alertmanager.yml":
      // test/receivers/beside-prometheus.test.ts starts Alertmanager with it.
      return parse(block.text) === null ? "empty" : "";
    case "event.yaml":
      return (await parseEvents({ file: "", chunks: wholeText(block.text) }, () => {})).isSingle
        ? ""
        : "not one Event";
    default: {
      if (!/^(?:(?:[\w-]+\/)?tocsin|rules\/[\w-]+)\.yaml$/u.test(block.mark))
        return "its first line does not name a file";
      const findings = await load(block);
      return findings.map((finding) => `${formatFinding(finding)}\n`).join("");
    }
  }
}

/** The failures of a file of tests, run among the other files of its page. */
async function failuresOf(page: Page, { mark }: Block): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), "tocsin-docs-"));
  try {
    for (const block of page.blocks.filter((other) => other.mark.endsWith(".yaml"))) {
      await mkdir(join(cwd, dirname(block.mark)), { recursive: true });
      await writeFile(join(cwd, block.mark), block.text);
    }
    const { stdout, stderr, status } = await runCommand(["test", mark], { cwd });
    return status === 0 ? "" : stdout + stderr;
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** Loads a configuration or a rule file as the command line would. */
async function load({ mark, text }: Block): Promise<LoadedConfiguration["findings"]> {
  const cwd = await mkdtemp(join(tmpdir(), "tocsin-docs-"));
  try {
    await mkdir(join(cwd, dirname(mark)), { recursive: true });
    await writeFile(join(cwd, mark), text);
    const source = mark.endsWith("tocsin.yaml") ? { file: mark } : { file: undefined, rules: [mark] };
    const { findings } = await loadConfiguration({ ...source, env: {}, cwd });
    return findings;
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** The findings that the page shows behind the block, as `check` prints them; "" for none. */
function findingsShown(page: Page, block: Block): string {
  const next = blockAfter(page, block);
  return next?.language === "text" && next.text.startsWith(`${block.mark}:`) ? next.text : "";
}

describe.each(PAGES.filter((page) => page.blocks.some(({ language }) => language === "yaml")))(
  "$path",
  (page) => {
    it.each(page.blocks.filter(({ language }) => language === "yaml"))(
      "holds in line $line what it calls $mark",
      async (block) => {
        expect(await faultsIn(page, block)).toBe(findingsShown(page, block));
      },
    );
  },
);
