import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { Severity } from "../../lib/severity.ts";
import { Count, Instant, Since } from "./fields.ts";

/** Longest text of rules, UTF-16 units. */
const LONGEST_RULES = 32 * 1024;

/** Rules to try. */
export const TrialRequest = strict({
  rules: z.string().max(LONGEST_RULES).describe("A rule file: YAML with `rules`, and perhaps `drop`."),
  since: Since.prefault("1h").describe("A duration back from now such as `10m`, or an RFC 3339 time."),
});
export type TrialRequest = Readonly<z.infer<typeof TrialRequest>>;

const TrialMessage = z.object({
  at: Instant.describe("When it would have been sent."),
  sink: z.string().describe("The sink."),
  kind: z
    .string()
    .describe("As in the body of a message: `firing`, `update`, `repeat`, `resolved`, `digest`."),
  trigger: z.string().describe("Why it would have been sent then."),
  severity: Severity.describe("Severity."),
  rules: z.array(z.string()).readonly().describe("Names of the rules of its alerts."),
  title: z.string().describe("One line: untrusted text."),
  alerts: Count.describe("Number of its alerts."),
  occurrences: Count.describe("Number of occurrences."),
});

const TrialAlert = z.object({
  rule: z.string().describe("The name of its rule."),
  severity: Severity.describe("Severity."),
  labels: z.record(z.string(), z.string()).readonly().describe("Labels: untrusted texts."),
  occurrences: Count.describe("Number of occurrences."),
  firstSeenAt: Instant.describe("Of the first occurrence."),
});

const TrialSize = z.object({
  notifications: Count.describe("Number of messages."),
  firing: Count.describe("Number of alerts that would fire now."),
  suppressed: z
    .record(z.string(), Count)
    .readonly()
    .describe("Occurrences of all rules that led to no message, by reason."),
});

const TrialFault = z.object({
  level: z.enum(["error", "warning"]).describe("With an error there is no result."),
  line: Count.describe("Of the given text, from 1; 0 where it is about no line of it."),
  path: z.string().describe("`rules[0].match`; empty for the whole text."),
  message: z.string().describe("The fault."),
});

/** The result of tried rules. */
export const Trial = z.object({
  at: Instant.describe("Time of this answer, and the end of the replay."),
  events: Count.describe("Number of Events that were played."),
  matched: Count.describe("Those that one of the tried rules matches."),
  from: Instant.nullable().describe("Of the first Event; null without one."),
  to: Instant.nullable().describe("Of the last Event; null without one."),
  cut: z.boolean().describe("Whether there were more: the oldest ones are left out then."),
  notifications: z
    .array(TrialMessage)
    .readonly()
    .describe("The first 200 messages about alerts of these rules."),
  firing: z.array(TrialAlert).readonly().describe("The first 200 of their alerts that would fire now."),
  perRule: z
    .record(
      z.string(),
      z.object({
        events: Count.describe("States of Events that it matches."),
        alerts: Count.describe("Alerts that fired."),
        notifications: Count.describe("Messages with one of its alerts."),
      }),
    )
    .readonly()
    .describe("By the name of a tried rule that did something."),
  size: TrialSize.describe("The whole result in numbers."),
  suppressed: TrialSize.shape.suppressed,
  today: TrialSize.describe("The same of the rules in use that have these names, on the same Events."),
  faults: z.array(TrialFault).readonly().describe("Faults of the text, or why the trial ended early."),
  ms: Count.describe("Duration, milliseconds."),
});
export type Trial = Readonly<z.infer<typeof Trial>>;
