import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { HeldByCause } from "./cause.ts";
import { Count, Instant, SENT_TO } from "./fields.ts";
import { MessageToCome } from "./message-to-come.ts";
import { SeenState } from "./seen-state.ts";
import { WireEvent } from "./wire-event.ts";

const Labels = z.record(z.string(), z.string());

const LOOKED_UP = {
  labels: Labels.optional().describe("Of its object, as a look-up would find them."),
  namespaceLabels: Labels.optional().describe("Of its namespace, as a look-up would find them."),
};

/** The body of `POST /explain`. */
export const ExplainRequest = z.union(
  [
    strict({
      event: z
        .record(z.string(), z.unknown())
        .describe(
          "An Event of core/v1 or events.k8s.io/v1, as the API server gives it; missing fields are empty.",
        ),
      ...LOOKED_UP,
    }),
    strict({
      id: z.string().min(1).max(100).describe("Instead of it the `id` of an Event of `GET /events`."),
      ...LOOKED_UP,
    }),
  ],
  { error: "give either an event or the id of one" },
);

const Clause = z.object({
  path: z.string().describe("As in the rule: `match.reason`."),
  alternative: Count.nullable().describe(
    "The index of the mapping in a list of `match` that it is of; null for other clauses.",
  ),
  ok: z.boolean().describe("Whether it held."),
  expected: z.string().describe("The pattern of the rule."),
  actual: z.string().describe("The value of the Event: untrusted text."),
});

/** The result of an Event, with reasons. */
export const Explanation = z.object({
  event: WireEvent.describe("As receivers get it: untrusted texts."),
  rules: z
    .array(
      z.object({
        rule: z.string().describe("Its name."),
        matched: z.boolean().describe("Whether the rule matches the Event."),
        near: z.boolean().describe("Whether the rule names the reason of the Event and does not match it."),
        clauses: z
          .array(Clause)
          .readonly()
          .describe(
            "Of the alternative with the fewest failed clauses, then `except`, `when`, `drop`, `fallback`.",
          ),
        otherAlternatives: Count.describe("How many other alternatives of `match` failed as well."),
      }),
    )
    .readonly()
    .describe("Every enabled rule."),
  alerts: z
    .array(
      z.object({
        rule: z.string().describe("The name of the rule."),
        fingerprint: z.string().describe("Of the alert."),
        title: z
          .string()
          .describe("Of a message about this alert alone; empty when the rule failed on the Event."),
        severity: z
          .string()
          .describe("`critical`, `warning` or `info`; empty when the rule failed on the Event."),
        labels: z
          .record(z.string(), z.string())
          .describe("By which routes, groups and silences know the alert."),
        proof: z
          .string()
          .nullable()
          .describe(
            "The state of its objects that proves its end, such as `ready`; null where only Events or quiet do.",
          ),
        route: z.string().describe("Empty when no sink takes it."),
        groupKey: z.string().describe("Of the group."),
        sinks: z.array(z.string()).readonly().describe("The sinks that would get it."),
        heldBackBy: z
          .array(
            z.object({
              reason: z
                .string()
                .describe("As in decisions; `for`: the rule waits; `failed`: the rule failed on the Event."),
              detail: z
                .string()
                .describe("In words: `threshold 1 of 3`. They may change; the reason does not."),
              cause: HeldByCause.nullable().describe("For `inhibition` the cause; else null."),
            }),
          )
          .readonly()
          .describe("The reasons that hold it back now."),
        open: z
          .object({
            phase: z.enum(["pending", "firing", "resolved"]).describe("Of the open alert."),
            occurrences: Count.describe("Before this Event."),
            since: Instant.describe("When it opened."),
            state: SeenState.nullable().describe(
              "The known state of its objects; null where none is read, and without a running bridge.",
            ),
            stillOpen: z
              .string()
              .describe("Why it is still open, in words; empty for one that does not fire."),
            ...SENT_TO,
            toCome: z
              .array(MessageToCome)
              .readonly()
              .describe("Its news that the sinks were not sent yet, and what each of them waits for."),
          })
          .optional()
          .describe("Missing when the Event would open the alert."),
        waitMs: Count.describe("Milliseconds until the first message, if nothing else holds it back."),
      }),
    )
    .readonly()
    .describe("One for each destination of an alert."),
  forwards: z
    .array(
      z.object({
        forward: z.string().describe("Its name."),
        sinks: z.array(z.string()).readonly().describe("Where it goes."),
      }),
    )
    .readonly()
    .describe("Forwards that would send it unchanged."),
  notes: z.array(z.string()).readonly().describe("Remarks for the reader."),
  summary: z.string().describe("One plain sentence."),
});
export type Explanation = Readonly<z.infer<typeof Explanation>>;
