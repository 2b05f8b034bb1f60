import { z } from "zod";

import { Severity } from "../../lib/severity.ts";
import { Count, Instant, pageOf } from "./fields.ts";

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
      when: z
        .string()
        .nullable()
        .describe("The state of the object that proves the end; null: that of the reason table."),
      text: z
        .string()
        .describe("All of it in words, with what the reason table adds; reasons of Events in backticks."),
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
  stats: z
    .object({
      since: Instant.describe(
        "The begin of the time that messages and decisions are of: seven days ago, or when they began to be kept.",
      ),
      activitySince: Instant.nullable().describe(
        "The same for occurrences and alerts; null where `state.historyFor` is 0, and they are not counted.",
      ),
      occurrences: Count.describe("Occurrences that it matched."),
      alerts: Count.describe("Alerts of it that began to fire."),
      messages: Count.describe(
        "Messages that were made about them; one may be about alerts of several rules.",
      ),
      suppressed: z
        .record(z.string(), Count)
        .readonly()
        .describe("Decisions against a message, by the reason, as in `GET /decisions`."),
      lastMessageAt: Instant.nullable().describe("When the last of these messages was made; null for none."),
    })
    .nullable()
    .describe("Its work in the last seven days, up to a minute old; null with `stats=false`."),
  source: z
    .object({
      file: z.string().describe("Its rule file, or another place of rules."),
      line: Count.describe("Where it begins; 1 is the first line."),
    })
    .nullable()
    .describe("Null where it comes from no file."),
  yaml: Text.describe("The rule as its author wrote it, without comments and `overrides`."),
});
export type Rule = Readonly<z.infer<typeof Rule>>;

/** A rule with its work. */
export type CountedRule = Rule & { readonly stats: NonNullable<Rule["stats"]> };

/** One page of rules. */
export const RulePage = pageOf(Rule, "By name.");
export type RulePage = Readonly<z.infer<typeof RulePage>>;
