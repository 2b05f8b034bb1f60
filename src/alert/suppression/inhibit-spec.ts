import { z } from "zod";

import { checkRest } from "../../lib/check-rest.ts";
import { type Fault, strict } from "../../lib/schema.ts";
import { unknownName } from "../../lib/unknown-name.ts";
import type { KnownLabels } from "../matching/fault-of-value.ts";
import { compileLabelMatch, LabelPattern } from "../matching/label-match.ts";
import type { InhibitRule } from "../policy.ts";

const Match = z.record(z.string(), LabelPattern);

/** One entry of `inhibit`. */
export const InhibitSpec = strict({
  name: z.string().min(1).max(100).describe("unique; the name of a shipped one replaces it"),
  enabled: z.boolean().default(true).describe("`false` switches a shipped one off"),
  source: Match.optional().describe("label → pattern: the cause"),
  target: Match.optional().describe("label → pattern: the alerts held back while the cause lasts"),
  equal: z.array(z.string()).default([]).describe("labels in which both must be the same"),
  equalNode: z
    .boolean()
    .default(false)
    .describe("only while all objects of the target are on nodes of causes"),
  named: z
    .boolean()
    .default(false)
    .describe(
      'only where the newest message of the target names the object of the cause, as in `claim "data"`, or the state of its pods the claim that it tells of',
    ),
  expected: z
    .boolean()
    .default(false)
    .describe("the cause is a plan: a target of lifecycle `point` is not told after it either"),
});
type InhibitSpec = z.infer<typeof InhibitSpec>;

const SAME_OBJECT = ["namespace", "kind", "name"];

/**
 * The inhibition rules that every configuration starts with. None is for a namespace that is being deleted, because no
 * Event says so (data: recordings/namespace-deleted).
 */
const SHIPPED: readonly z.input<typeof InhibitSpec>[] = [
  {
    name: "node",
    // A Node lies in no namespace: an Event about one in a namespace is somebody's who may write there.
    source: { reason: "NodeNotReady", kind: "Node", namespace: "" },
    target: { kind: "Pod" },
    equalNode: true,
  },
  {
    name: "node-leaving",
    source: { rule: "node-leaving" },
    // Somebody took the node out of service, and reboots it: nobody has to hear of that.
    target: { rule: ["node-not-ready", "node-rebooted"] },
    equal: ["kind", "name"],
    expected: true,
  },
  {
    name: "node-pressure",
    source: { rule: ["node-disk-pressure", "node-memory-pressure"] },
    target: { rule: "pod-evicted" },
    equalNode: true,
  },
  {
    name: "probe",
    source: { rule: ["liveness-probe-restarts", "container-oom-killed"] },
    target: { rule: "crash-loop" },
    equal: ["namespace", "workload", "container"],
  },
  {
    name: "claim",
    source: {
      rule: [
        "volume-claim-not-binding",
        "volume-claim-lost",
        "volume-provisioning-failing",
        "volume-provisioner-silent",
      ],
      kind: "PersistentVolumeClaim",
    },
    target: { rule: "pod-unschedulable" },
    equal: ["namespace"],
    named: true,
  },
  {
    name: "critical",
    source: { severity: "critical" },
    target: { severity: ["warning", "info"] },
    equal: SAME_OBJECT,
  },
  { name: "warning", source: { severity: "warning" }, target: { severity: "info" }, equal: SAME_OBJECT },
  {
    name: "workload",
    source: { reason: "FailedCreate", kind: { not: "Pod" } },
    target: { kind: "Pod" },
    equal: ["namespace", "workload"],
  },
];

/** Stands in for a wrong name; nobody writes it. */
const UNNAMED = { name: "\u0000" };

/**
 * Compiles the inhibition rules of a configuration, with the shipped ones, and reports every fault and warning at once.
 *
 * @param path Path of the list in its document.
 */
export function compileInhibition(
  specs: readonly unknown[],
  labels: KnownLabels,
  path: readonly (string | number)[],
): { readonly rules: readonly InhibitRule[]; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const rules = new Map(
    SHIPPED.map((spec) => [spec.name, compileOne(InhibitSpec.parse(spec), labels, []).rule]),
  );
  const written = new Set<string>();
  for (const [index, spec] of specs.entries()) {
    const at = [...path, index];
    const { rest, faults: ofShape, further } = checkRest(InhibitSpec, spec, { base: at, standIns: UNNAMED });
    faults.push(...ofShape);
    if (rest === undefined) continue;
    faults.push(...further(faultsOfName(rest, { written, shipped: rules, at })));
    written.add(rest.name);
    if (!rest.enabled) {
      rules.delete(rest.name);
      continue;
    }
    const { rule, faults: ofContent } = compileOne(rest, labels, at);
    faults.push(...further(ofContent));
    rules.set(rest.name, rule);
  }
  return { rules: [...rules.values()], faults };
}

function faultsOfName(
  { name, enabled }: InhibitSpec,
  known: {
    readonly written: ReadonlySet<string>;
    readonly shipped: ReadonlyMap<string, InhibitRule>;
    readonly at: readonly (string | number)[];
  },
): readonly Fault[] {
  const path = [...known.at, "name"];
  if (known.written.has(name)) {
    return [{ level: "error", path, message: `another one is called "${name}" already` }];
  }
  if (enabled || known.shipped.has(name)) return [];
  const message = `${unknownName("inhibition rule", name, known.shipped.keys())}; there is nothing to switch off`;
  return [{ level: "warning", path, message }];
}

function compileOne(
  { name, source, target, ...how }: InhibitSpec,
  labels: KnownLabels,
  path: readonly (string | number)[],
): { readonly rule: InhibitRule; readonly faults: readonly Fault[] } {
  const sources = compileLabelMatch(source ?? {}, labels, [...path, "source"]);
  const targets = compileLabelMatch(target ?? {}, labels, [...path, "target"]);
  const faults: Fault[] = [...sources.faults, ...targets.faults];
  for (const [key, match] of [["source", source] as const, ["target", target] as const]) {
    if (match !== undefined && Object.keys(match).length > 0) continue;
    faults.push({
      level: "error",
      path: match === undefined ? path : [...path, key],
      related: match === undefined ? [key] : [],
      message: `${match === undefined ? `${key} is missing` : "empty"}: name at least one label, as in ${key}: { kind: Node }`,
    });
  }
  for (const [index, label] of how.equal.entries()) {
    if (labels.names.has(label)) continue;
    faults.push({
      level: "error",
      path: [...path, "equal", index],
      message: unknownName("label", label, labels.names),
    });
  }
  const { equal, equalNode, named, expected } = how;
  const sides = { isSource: sources.matches, isTarget: targets.matches };
  const rule = { name, ...sides, equal, equalNode, named, isExpected: expected };
  return { rule, faults };
}
