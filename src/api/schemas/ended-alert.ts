import { z } from "zod";

import { Severity } from "../../lib/severity.ts";
import { Alert, AlertObject } from "./alert.ts";
import { Count, Instant, pageOf } from "./fields.ts";

/** One object, and container, of an alert that is over. */
const EndedObject = AlertObject.omit({ clearedAt: true });

const KeptSince = Instant.nullable().describe(
  "From when on nothing is missing, but for alerts that never fired and ended more than seven days ago; null where `state.historyFor` is 0.",
);

/** An alert that is over. */
export const EndedAlert = z.object({
  id: z.string().describe("Names this end; an alert that opened again has another one."),
  fingerprint: z.string().describe("The identity of the alert, the same each time that it opens."),
  rule: z.string().describe("The name of the rule that opened it, perhaps a removed one."),
  severity: Severity.describe("Severity at its end."),
  labels: z.record(z.string(), z.string()).readonly().describe("From the Event that opened it."),
  title: z.string().describe("One line, as the last message about it had it: untrusted text."),
  firstSeenAt: Instant.describe("The first occurrence, by the clock of the Event's writer."),
  firedAt: Instant.nullable().describe("When it began to fire; null for one that never did."),
  resolvedAt: Instant.describe("When it ended, as far as that is known."),
  resolvedBy: Alert.shape.resolvedBy.describe("How it ended; null where it only never met its threshold."),
  occurrences: Count.describe("Number of occurrences."),
  objects: z
    .array(EndedObject)
    .readonly()
    .describe("In the list at most 3, else at most 10; the busiest first."),
  objectCount: Count.describe("Number of all of them; of a container counts each."),
  told: z
    .array(z.string())
    .readonly()
    .describe("Sinks whose receivers accepted a message about it, also after its end."),
  why: z.string().nullable().describe("Why nobody was told, in words; null when somebody was."),
});
export type EndedAlert = Readonly<z.infer<typeof EndedAlert>>;

/** One page of the history. */
export const HistoryPage = pageOf(EndedAlert, "The one that ended last first, by `resolvedAt`.").extend({
  keptSince: KeptSince,
});
export type HistoryPage = Readonly<z.infer<typeof HistoryPage>>;

/** An alert that is over, with all that is kept of it. */
export const WholeEndedAlert = EndedAlert.extend({
  text: z.string().describe("As the last message about it had it: untrusted text."),
  runbook: z.string().nullable().describe("A link, if the rule gave one."),
  dashboard: z.string().nullable().describe("A link, if the rule gave one."),
});
export type WholeEndedAlert = Readonly<z.infer<typeof WholeEndedAlert>>;

/** The activity of the rules, step by step. */
export const Strip = z.object({
  at: Instant.describe("Time of this answer, by the server's clock."),
  from: Instant.describe("Begin of the first step."),
  keptSince: Instant.nullable().describe(
    "From when on activity is counted whole, so that a zero means that nothing happened; null where `state.historyFor` is 0.",
  ),
  stepSeconds: Count.describe("Length of a step. Steps begin at multiples of it in UTC."),
  rows: z
    .array(
      z.object({
        rule: z.string().describe("The name of a rule, perhaps of a removed one."),
        severity: Severity.describe("Of its alerts at that time; a rule has a row for each."),
        opened: z.array(Count).readonly().describe("Alerts that began to fire, step by step."),
        occurrences: z
          .array(Count)
          .readonly()
          .describe("Occurrences that alerts counted, step by step, also of those that never fired."),
      }),
    )
    .readonly()
    .describe("At most 60, those with the most alerts first."),
  rowsOmitted: Count.describe("Further rows."),
});
export type Strip = Readonly<z.infer<typeof Strip>>;
