import { z } from "zod";

import { Severity } from "../../lib/severity.ts";
import { Count, pageOf } from "./fields.ts";

const Text = z.string().nullable();
const Milliseconds = Count.nullable();

/** A rule in use, with its state. */
export const Rule = z.object({
  name: z.string().describe("Unique."),
  description: z.string().describe("Empty when it has none."),
  fallback: z.boolean().describe("Whether it is tried only when no ordinary rule matches."),
  severity: Severity.nullable().describe("Null: the Event, or the reason table, says."),
  lifecycle: z.enum(["recurring", "transition", "point"]).nullable().describe("Null: the reason table says."),
  threshold: z
    .object({
      count: Count.describe("Occurrences at least."),
      withinMs: Count.describe("The window; 0 where one is enough."),
      distinct: Count.describe("Different objects at least."),
    })
    .describe("When an alert of it may fire."),
  forMs: Count.describe("How long it must last."),
  resolve: z
    .object({
      by: z
        .array(z.string())
        .readonly()
        .nullable()
        .describe("Counter-events; null: those of the reason table."),
      quietMs: Milliseconds.describe("Null: the default of its lifecycle."),
      maxAgeMs: Milliseconds.describe("Null: the default of its lifecycle."),
    })
    .describe("The conditions that end its alerts."),
  sinks: z.array(z.string()).readonly().nullable().describe("Null: the routes decide."),
  title: Text.describe("As written, with its holes; null: the built-in one."),
  runbook: Text.describe("As written."),
  alerts: z
    .object({
      pending: Count.describe("Not fired yet."),
      firing: Count.describe("Alerts whose problem goes on."),
    })
    .describe("Number of open alerts."),
});
export type Rule = Readonly<z.infer<typeof Rule>>;

/** One page of rules. */
export const RulePage = pageOf(Rule, "By name.");
export type RulePage = Readonly<z.infer<typeof RulePage>>;
