import { z } from "zod";

import { PatternSpec } from "../expression/index.ts";
import { Duration } from "../lib/duration.ts";
import { strict } from "../lib/schema.ts";
import { Severity } from "../lib/severity.ts";
import { keysOfState, StateSpec } from "./state-spec.ts";

const OBJECT = /^[^/]*\/[^/]+\/[^/]+$/u;

const NOT_AN_OBJECT = "expected namespace/Kind/name, or /Kind/name for an object without namespace";

const ObjectName = z.string().regex(OBJECT, { error: NOT_AN_OBJECT });

const Labels = z.record(z.string(), z.record(z.string(), z.string())).superRefine((labels, context) => {
  for (const object of Object.keys(labels))
    if (!OBJECT.test(object)) context.addIssue({ code: "custom", path: [object], message: NOT_AN_OBJECT });
});

/** One Event of a story, or many of its kind. */
const EventSpec = strict({
  at: Duration.prefault("0s").describe("when, from the start of the story"),
  every: Duration.refine((ms) => ms > 0, { error: "must be more than 0" })
    .optional()
    .describe("repeats the Event, each time with a higher count"),
  until: Duration.optional().describe("the last time for `every`, itself included"),
  reason: z.string().min(1).describe("as `match` sees it"),
  type: z.string().default("Warning").describe("Warning, Normal or another"),
  message: z.string().default("").describe("what it says"),
  action: z.string().default("").describe("as `match` sees it"),
  source: z
    .union([z.string(), strict({ component: z.string().default(""), host: z.string().default("") })])
    .default("")
    .describe("the component, or `{ component, host }`"),
  object: ObjectName.describe("`namespace/Kind/name`; `{1..30}` makes one Event for each number"),
  owner: z
    .string()
    .regex(/^[^/]+\/[^/]+$/u, { error: "expected Kind/name, of the same namespace" })
    .optional()
    .describe("what owns the object, `Kind/name`"),
  container: z.string().default("").describe("of the Pod"),
  count: z.int().min(1).default(1).describe("the count of its first state"),
  series: z.boolean().default(false).describe("whether it is an open series, as the scheduler writes"),
  related: ObjectName.optional().describe("a second object that it is about"),
  annotations: z.record(z.string(), z.string()).default({}).describe("of the Event"),
});
export type EventSpec = z.infer<typeof EventSpec>;

/** The state of an object from a moment on, as a look-up finds it. */
const ObjectSpec = strict({
  at: Duration.prefault("0s").describe("from when on, from the start of the story"),
  object: ObjectName.describe(
    "`namespace/Kind/name`; `{1..30}` gives the state of one object for each number",
  ),
  uid: z
    .string()
    .min(1)
    .optional()
    .describe("another uid than before says that the object was made anew under its name"),
  state: z
    .union([z.literal("gone"), StateSpec], {
      error: "expected a mapping such as { ready: true, since: 2m }, or gone",
    })
    .describe("how it is, in short or as the API server gives it, or `gone`"),
}).superRefine(({ object, state }, context) => {
  const [, kind = ""] = object.split("/");
  if (state === "gone") return;
  const known: readonly string[] = keysOfState(kind);
  for (const [key, value] of Object.entries(state)) {
    if (value === undefined || known.includes(key)) continue;
    const message = `the state of a ${kind} has no ${key}; it has ${known.join(", ")}`;
    context.addIssue({ code: "custom", path: ["state", key], message });
  }
});
export type ObjectSpec = z.infer<typeof ObjectSpec>;

const Moment = z
  .string()
  .transform((text, context) => {
    const parts = text.split("..").map((part) => Duration.safeParse(part.trim()));
    const [from, to = from] = parts.map(({ data }) => data);
    if (parts.length <= 2 && from !== undefined && to !== undefined && from <= to) return { from, to };
    const message = `not a time or a span of time: ${JSON.stringify(text)} (write 30s, or 30s..90s)`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  })
  .describe("a time from the start, or a span: `30s..90s`, both ends included");

/** One expected message. */
const ExpectationSpec = strict({
  at: Moment.optional(),
  sink: z.string().optional().describe("whom it goes to"),
  kind: z.enum(["firing", "update", "repeat", "resolved", "digest"]).describe("what it tells"),
  trigger: z.string().optional().describe("such as first, new-alert, all-resolved"),
  rule: z.string().optional().describe("a rule that the message tells of"),
  severity: Severity.optional().describe("of its most severe alert"),
  alerts: z.int().min(1).optional().describe("number of alerts in it"),
  occurrences: z.int().min(1).optional().describe("number of occurrences in it"),
  title: PatternSpec.optional().describe("a pattern, such as `{ contains: web }`"),
});
export type ExpectationSpec = z.infer<typeof ExpectationSpec>;

/** One story with its expectations. */
const TestSpec = strict({
  name: z.string().min(1).describe("what is shown"),
  start: z.iso
    .datetime({ offset: true, error: "not a time; write 2026-06-01T10:00:00Z" })
    .transform((text) => Date.parse(text))
    .prefault("2026-06-01T10:00:00Z")
    .describe("when the story begins, for hours that are muted"),
  events: z.array(EventSpec).describe("what happens"),
  objects: z
    .array(ObjectSpec)
    .optional()
    .describe("the states of objects; without it nothing is looked up, as with `enrich: owners`"),
  labels: Labels.default({}).describe(
    "labels that look-ups find: object, as in events, or `/Namespace/name` → its labels",
  ),
  expect: z.array(ExpectationSpec).default([]).describe("expected messages, in any order"),
  expectNothingElse: z.boolean().default(false).describe("whether any other message is a failure"),
  tail: Duration.prefault("20m").describe("how long the story goes on after its last Event"),
});
export type TestSpec = z.infer<typeof TestSpec>;

/** A test file. */
export const TestFileSpec = strict({
  rules: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("rule files, relative to this one, or `builtin/<file>`; one sink `console` goes with them"),
  config: z
    .string()
    .min(1)
    .optional()
    .describe("a configuration, relative to this file, with its rules, routes and sinks; nothing is sent"),
  tests: z
    .array(TestSpec)
    .min(1, { error: "empty: write at least one test" })
    .describe("stories and their expected messages"),
}).refine(({ rules, config }) => (rules === undefined) !== (config === undefined), {
  error: "name either rules or a config",
});
export type TestFileSpec = z.infer<typeof TestFileSpec>;
