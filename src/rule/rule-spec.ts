import { z } from "zod";

import { operatorShape, PatternSpec } from "../expression/index.ts";
import { Duration, durationOf } from "../lib/duration.ts";
import { strict } from "../lib/schema.ts";
import { Severity } from "../lib/severity.ts";
import { PROOFS } from "../object/index.ts";
import { StateClauseSpec } from "./state-spec.ts";

/** The labels of every alert (docs/rules.md#labels); a rule's own labels may not take one of these names. */
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

/** A higher count is a slip of the keyboard. */
const MOST_COUNT = 100_000;
/** As many members as an alert tracks one by one, with room. */
const MOST_DISTINCT = 100;
const MOST_LABELS = 32;
/** As many identities as a rule with `absent` waits for. */
const MOST_ABSENCES = 1000;

/** Names of rules, drops and forwards. */
const Name = z
  .string({ error: "expected a name" })
  .max(100)
  .regex(/^[a-z\d]+(?:-[a-z\d]+)*$/u, {
    error: (issue) =>
      `expected a name in kebab-case such as image-pull-failing, not ${JSON.stringify(issue.input)}`,
  });

/** Explains what YAML makes of a hole or a `#` without quotes. */
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
})
  .meta({ id: "object" })
  .optional();

/** A pattern on the component, or a mapping of component and host; the compiler tells the two apart. */
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

const MatchMapping = strict(matchShape).meta({ id: "match" });
/** A mapping of `match` as users write it: all of its fields must match. */
export type MatchMapping = z.infer<typeof MatchMapping>;

/** A mapping of fields, which must all hold; or a list of mappings, of which any may hold. */
export const MatchSpec = z.union([MatchMapping, z.array(MatchMapping).min(1)], {
  error: "expected a mapping of fields, or a list of such mappings",
});
export type MatchSpec = z.infer<typeof MatchSpec>;

const Counter = strict({
  ...matchShape,
  same: z
    .array(z.enum(["object", "container", "node", "namespace", "workload"]))
    .min(1)
    .default(["object"])
    .describe("what it must have in common with what it ends"),
}).meta({ id: "counter" });

const Threshold = strict(
  {
    count: z.int().min(1).max(MOST_COUNT).default(1).describe("number of occurrences"),
    within: Duration.optional().describe("in this time"),
    distinct: z
      .int()
      .min(1)
      .max(MOST_DISTINCT, { error: `at most ${MOST_DISTINCT} different objects are counted` })
      .default(1)
      .describe("number of different objects"),
  },
  "{ count: 3, within: 10m }",
);

const SinkNames = z
  .array(z.string())
  .min(1, { error: "expected at least one sink; leave it out to use the route" });

/** One entry of `rules`. Durations are milliseconds once parsed. */
export const RuleSpec = strict({
  name: Name.describe("in kebab-case; unique over all files"),
  description: Text.default("").describe(
    "what it means, for people; the text of its messages when there is no other",
  ),
  match: MatchSpec.describe("fields of the Event and their patterns: all must hold; of a list any"),
  except: MatchSpec.optional().describe("what is left out of that"),
  when: Text.optional().describe("a CEL condition over `event`, beside the patterns"),
  state: StateClauseSpec.optional().describe(
    "conditions on the state of the object, looked up when everything else matches; an unknown state does not match",
  ),
  fallback: z.boolean().default(false).describe("only for Events that no other rule matches"),
  enabled: z.boolean().default(true).describe("`false` switches it off"),
  severity: Severity.optional().describe(
    "without it the Event's annotation, the reason table, or its type decides",
  ),
  lifecycle: z
    .enum(["recurring", "transition", "point"])
    .optional()
    .describe("whether it is written again while it lasts, says that a state began, or merely happened"),
  identity: z
    .array(Text)
    .optional()
    .describe(
      "what makes two Events one alert: namespace, workload, object, container, reason, node, or `{{ CEL }}`",
    ),
  threshold: Threshold.prefault({}).describe("occurrences before it becomes an alert"),
  for: Duration.prefault("0s").describe("how long to wait after that whether it ends by itself"),
  resolve: strict({
    by: z.array(Counter).optional().describe("counter-events: Events that end it"),
    when: z
      .enum(PROOFS)
      .optional()
      .describe(
        "the state of the object that proves its end, such as `ready`; without it the reason table decides",
      ),
    quiet: durationOf(1000, "its alerts would end as they begin")
      .optional()
      .describe("over after this time without an occurrence"),
    maxAge: durationOf(1000, "its alerts would end as they begin")
      .optional()
      .describe("no longer tracked after this time without an occurrence"),
  })
    .prefault({})
    .describe("when it is over"),
  absent: strict({
    within: durationOf(1000, "nothing comes back so soon").describe(
      "it fires after this time without an occurrence",
    ),
    expect: z
      .array(
        strict({
          namespace: z.string().default("").describe('"" for objects without one'),
          kind: z.string().min(1).describe("such as CronJob"),
          name: z.string().min(1).describe("of the object"),
        }),
      )
      .max(MOST_ABSENCES, { error: `at most ${MOST_ABSENCES} objects are expected` })
      .default([])
      .describe("objects that are waited for although they were never heard of"),
  })
    .optional()
    .describe("the rule fires when what it matches does not occur"),
  sinks: SinkNames.optional().describe("sinks that get its alerts; without them the route decides"),
  labels: Labels.default({}).describe(
    "labels of its alerts, for routes and silences; may contain `{{ CEL }}`",
  ),
  runbook: Text.optional().describe("the address of the runbook; may contain `{{ CEL }}`"),
  dashboard: Text.optional().describe("the address of a dashboard; may contain `{{ CEL }}`"),
  title: Text.optional().describe("one line, with `{{ CEL }}`"),
  text: Text.optional().describe("what it means and what to do first, with `{{ CEL }}`"),
});
export type RuleSpec = z.infer<typeof RuleSpec>;

/** One entry of `drop`. */
export const DropSpec = strict({
  name: Name.describe("in kebab-case"),
  match: MatchSpec.describe("Events that start and continue no alert"),
});

/** One entry of `forward`. */
export const ForwardSpec = strict({
  name: Name.describe("in kebab-case"),
  match: MatchSpec.optional().describe("which Events; without it all"),
  except: MatchSpec.optional().describe("what is left out of that"),
  when: Text.optional().describe("a CEL condition over `event`"),
  sinks: z.array(z.string()).min(1, { error: "expected at least one sink" }).describe("who gets them"),
});

export type ForwardSpec = z.infer<typeof ForwardSpec>;

/** One entry of `overrides`; missing keys stay as in the rule. */
export const OverrideSpec = strict({
  enabled: z.boolean().optional().describe("`false` switches it off"),
  severity: Severity.optional().describe("instead of its own"),
  threshold: Threshold.optional().describe("instead of its own"),
  for: Duration.optional().describe("instead of its own"),
  except: MatchSpec.optional().describe("Events that it leaves out, beside those of its own"),
  labels: Labels.optional().describe("beside its own, which they replace by name"),
  runbook: Text.optional().describe("instead of its own"),
  sinks: SinkNames.optional().describe("instead of its own"),
  title: Text.optional().describe("instead of its own"),
  text: Text.optional().describe("instead of its own"),
});
export type OverrideSpec = z.infer<typeof OverrideSpec>;

/** A whole rule file; its entries are checked one by one later, so that one fault does not hide another. */
export const RuleFileSpec = strict({
  rules: z.array(z.unknown()).default([]),
  drop: z.array(z.unknown()).default([]),
});
