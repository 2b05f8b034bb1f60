import { z } from "zod";

import { HeldByCause } from "./cause.ts";
import { Count, Instant, pageOf } from "./fields.ts";

/** Why a message was, or was not, sent. */
export const Decision = z.object({
  at: Instant.describe("When it was decided."),
  rule: z.string().describe("Of the alert."),
  fingerprint: z.string().describe("Of the alert."),
  namespace: z.string().describe("Of the alert; empty for an object without one."),
  group: z.string().nullable().describe("The group's key; null when the alert came into none."),
  sink: z.string().nullable().describe("Null when the alert came to no sink."),
  outcome: z.enum(["notified", "suppressed"]).describe("`notified`: a message was made for the sink."),
  reason: z
    .string()
    .describe("For `notified` the trigger of the message; else the reason why none was sent."),
  why: z.string().describe("The reason in words."),
  occurrences: Count.describe("Occurrences of this decision; no other decision for the sink counts them."),
  delivery: z
    .enum(["waiting", "sending", "delivered", "superseded", "expired", "dead"])
    .nullable()
    .describe("The state of the delivery; null for `suppressed`, and when no longer known."),
  waits: z
    .array(
      z.object({
        for: z
          .enum(["state", "others", "step"])
          .describe(
            "`state`: the state of its objects. `others`: groups of the same rule that were due soon. `step`: the sink was told of the rule shortly before.",
          ),
        seconds: z.number().min(0).describe("How long."),
      }),
    )
    .readonly()
    .describe("Everything that the message waited for before it was made, beside the timers of its route."),
  checked: z
    .enum(["verified", "late", "unknown", "unasked"])
    .nullable()
    .describe(
      "What was known of the state of its objects when the message was made: all of it (`verified`), not in time (`late`), an answer that says nothing (`unknown`), or nobody was asked. Null for ends and for `suppressed`.",
    ),
  cause: HeldByCause.nullable().describe("For `inhibition` the cause that holds the alert back; else null."),
  deliveryId: z.string().nullable().describe("Of the message, for `notified`."),
});
export type Decision = Readonly<z.infer<typeof Decision>>;

/** One page of decisions. */
export const DecisionPage = pageOf(Decision, "Newest first, by `at`.");
export type DecisionPage = Readonly<z.infer<typeof DecisionPage>>;
