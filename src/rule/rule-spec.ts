import { z } from "zod";

import { operatorShape, PatternSpec } from "../expression/index.ts";
import { Duration, durationOf } from "../lib/duration.ts";
import { strict } from "../lib/schema.ts";
import { Severity } from "../lib/severity.ts";

/** The labels every alert has (INTERFACE §3); a rule's own labels may not take one of these names. */
export const LABEL_NAMES = [
  "rule",
  "severity",
  "cluster",
  "namespace",
  "kind",
  "name",
  "workload",
  "reason",
  "type",
  "component",
  "container",
  "node",
] as const;

/** More counted occurrences are a slip of the keyboard. */
const MOST_COUNT = 100_000;
/** As many members as an alert tracks one by one, with room. */
const MOST_DISTINCT = 100;
const MOST_LABELS = 32;

/** Names of rules, drops and forwards. */
const Name = z
  .string({ error: "expected a name" })
  .max(100)
  .regex(/^[a-z\d]+(?:-[a-z\d]+)*$/u, {
    error: (issue) =>
      `expected a name in kebab-case such as image-pull-failing, not ${JSON.stringify(issue.input)}`,
  });

/** Knows what YAML makes of a hole or a `#` without quotes. */
function notText({ input }: { readonly input?: unknown }): string {
  if (input === null) return "expected a text, but it is empty (a # begins a comment in YAML)";
  return typeof input === "object"
    ? 'expected a text ("{{ … }}" without quotes is a mapping in YAML: put quotes around it)'
    : "expected a text: put quotes around it";
}

const Text = z.string({ error: notText });

const Labels = z
  .record(
    z.string(),
    z.union([z.number().transform(String), z.boolean().transform(String), Text], { error: notText }),
  )
  .refine((labels) => Object.keys(labels).length <= MOST_LABELS, `at most ${MOST_LABELS} labels`);

const Entries = z.record(z.string(), PatternSpec).optional();

const RefSpec = strict({
  kind: PatternSpec.optional(),
  apiVersion: PatternSpec.optional(),
  namespace: PatternSpec.optional(),
  name: PatternSpec.optional(),
  uid: PatternSpec.optional(),
  fieldPath: PatternSpec.optional(),
  container: PatternSpec.optional(),
  labels: Entries,
  annotations: Entries,
  owner: strict({ kind: PatternSpec.optional(), name: PatternSpec.optional() }).optional(),
}).optional();

/** A pattern on the component, or a mapping of component and host; which of the two is sorted out by the compiler. */
const SourceSpec = z
  .union([
    z.string(),
    z.number(),
    z.boolean(),
    z.array(PatternSpec).min(1),
    strict({ component: PatternSpec.optional(), host: PatternSpec.optional(), ...operatorShape }),
  ])
  .optional();

const matchShape = {
  type: PatternSpec.optional(),
  reason: PatternSpec.optional(),
  action: PatternSpec.optional(),
  message: PatternSpec.optional(),
  note: PatternSpec.optional(),
  count: PatternSpec.optional(),
  source: SourceSpec,
  component: PatternSpec.optional(),
  reportingComponent: PatternSpec.optional(),
  reportingController: PatternSpec.optional(),
  host: PatternSpec.optional(),
  reportingInstance: PatternSpec.optional(),
  involvedObject: RefSpec,
  regarding: RefSpec,
  related: RefSpec,
  namespace: PatternSpec.optional(),
  kind: PatternSpec.optional(),
  name: PatternSpec.optional(),
  container: PatternSpec.optional(),
  metadata: strict({
    name: PatternSpec.optional(),
    namespace: PatternSpec.optional(),
    labels: Entries,
    annotations: Entries,
  }).optional(),
  namespaceLabels: Entries,
};

const MatchMapping = strict(matchShape);
export type MatchMapping = z.infer<typeof MatchMapping>;

/** A mapping of fields, all must hold; or a list of mappings, any may hold. */
export const MatchSpec = z.union([MatchMapping, z.array(MatchMapping).min(1)], {
  error: "expected a mapping of fields, or a list of such mappings",
});
export type MatchSpec = z.infer<typeof MatchSpec>;

const Counter = strict({
  ...matchShape,
  same: z
    .array(z.enum(["object", "container", "node", "namespace", "workload"]))
    .min(1)
    .default(["object"]),
});

const Threshold = strict({
  count: z.int().min(1).max(MOST_COUNT).default(1),
  within: Duration.optional(),
  distinct: z
    .int()
    .min(1)
    .max(MOST_DISTINCT, { error: `at most ${MOST_DISTINCT} different objects are counted` })
    .default(1),
});

const SinkNames = z
  .array(z.string())
  .min(1, { error: "expected at least one sink; leave it out to use the route" });

/** One entry of `rules`. Durations are milliseconds once parsed. */
export const RuleSpec = strict({
  name: Name,
  description: Text.default(""),
  match: MatchSpec,
  except: MatchSpec.optional(),
  when: Text.optional(),
  fallback: z.boolean().default(false),
  enabled: z.boolean().default(true),
  severity: Severity.optional(),
  lifecycle: z.enum(["recurring", "transition", "point"]).optional(),
  identity: z.array(Text).optional(),
  threshold: Threshold.prefault({}),
  for: Duration.prefault("0s"),
  resolve: strict({
    by: z.array(Counter).optional(),
    quiet: durationOf(1000, "its alerts would end as they begin").optional(),
    maxAge: durationOf(1000, "its alerts would end as they begin").optional(),
  }).prefault({}),
  sinks: SinkNames.optional(),
  labels: Labels.default({}),
  runbook: Text.optional(),
  dashboard: Text.optional(),
  title: Text.optional(),
  text: Text.optional(),
});
export type RuleSpec = z.infer<typeof RuleSpec>;

/** One entry of `drop`. */
export const DropSpec = strict({ name: Name, match: MatchSpec });

/** One entry of `forward`. */
export const ForwardSpec = strict({
  name: Name,
  match: MatchSpec.optional(),
  except: MatchSpec.optional(),
  when: Text.optional(),
  sinks: z.array(z.string()).min(1, { error: "expected at least one sink" }),
});

/** One entry of `overrides`; what is left out stays as the rule says. */
export const OverrideSpec = strict({
  enabled: z.boolean().optional(),
  severity: Severity.optional(),
  threshold: Threshold.optional(),
  for: Duration.optional(),
  labels: Labels.optional(),
  runbook: Text.optional(),
  sinks: SinkNames.optional(),
});
export type OverrideSpec = z.infer<typeof OverrideSpec>;

/** A whole rule file; its entries are checked one by one later, so that one fault does not hide another. */
export const RuleFileSpec = strict({
  rules: z.array(z.unknown()).default([]),
  drop: z.array(z.unknown()).default([]),
});
