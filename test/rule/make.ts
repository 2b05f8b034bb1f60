import { readFileSync } from "node:fs";

import { type ClusterEvent, EMPTY_REF, type ObjectRef } from "../../src/event/event.ts";
import { type Finding, formatFinding } from "../../src/lib/finding.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import {
  compileRules,
  loadReasonTable,
  readRuleFile,
  type RuleInput,
  type RuleSet,
} from "../../src/rule/index.ts";

/** The reason table that the program carries. */
export const ROWS = loadReasonTable(
  readFileSync(new URL("../../rules/reasons/kubernetes.json", import.meta.url), "utf8"),
);

/** An event of a Pod; everything can be set. */
export function makeEvent(
  event: Partial<Omit<ClusterEvent, "involvedObject" | "related" | "source">> & {
    readonly involvedObject?: Partial<ObjectRef>;
    readonly related?: Partial<ObjectRef>;
    readonly source?: Partial<ClusterEvent["source"]>;
  } = {},
): ClusterEvent {
  return {
    cluster: "prod",
    uid: "u1",
    name: "web-1.1",
    namespace: "shop",
    resourceVersion: "10",
    type: "Warning",
    reason: "BackOff",
    message: "Back-off restarting failed container app in pod web-1_shop",
    action: "",
    count: 1,
    series: false,
    firstSeenAt: 1000,
    lastSeenAt: 2000,
    createdAt: 1000,
    labels: {},
    annotations: {},
    namespaceLabels: {},
    ...event,
    source: { component: "kubelet", host: "node-1", ...event.source },
    involvedObject: {
      ...EMPTY_REF,
      kind: "Pod",
      apiVersion: "v1",
      namespace: "shop",
      name: "web-1",
      uid: "p1",
      ...event.involvedObject,
    },
    related: { ...EMPTY_REF, ...event.related },
  };
}

/** Compiles rule files given as text. Without findings of its own the reason table is the real one. */
export function compileFiles(
  files: Readonly<Record<string, string>>,
  input: Partial<RuleInput> = {},
): { readonly rules: RuleSet; readonly findings: readonly Finding[]; readonly lines: readonly string[] } {
  const { rules, findings } = compileRules({
    units: Object.entries(files).map(([name, text]) => readRuleFile(parseYaml(name, text))),
    reasonRows: ROWS,
    eventTtlMs: 3_600_000,
    ...input,
  });
  return { rules, findings, lines: findings.map(formatFinding) };
}

/** The rule set of one rule file that must be without errors. */
export function rulesOf(text: string, input: Partial<RuleInput> = {}): RuleSet {
  const { rules, findings } = compileFiles({ "rules.yaml": text }, input);
  const errors = findings.filter(({ level }) => level === "error");
  if (errors.length > 0) throw new Error(errors.map(formatFinding).join("\n"));
  return rules;
}
