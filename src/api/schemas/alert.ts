import { z } from "zod";

import { Severity } from "../../lib/severity.ts";
import { Count, Instant, pageOf } from "./fields.ts";

/** One object (and container) of an alert. */
export const AlertObject = z.object({
  kind: z.string().describe("As in Kubernetes: `Pod`."),
  namespace: z.string().describe("Empty for an object without one."),
  name: z.string().describe("Of the object."),
  container: z.string().describe("Empty when the Event names none."),
  occurrences: Count.describe("How often it happened to this object."),
  firstSeenAt: Instant.describe("By the clock of whoever wrote the Event."),
  lastSeenAt: Instant.describe("By the clock of whoever wrote the Event."),
  message: z.string().describe("Of the newest Event, as it was written: untrusted text."),
  clearedAt: Instant.nullable().describe("When a counter-event cleared it; null while it counts."),
});

/** A tracked alert. */
export const Alert = z.object({
  fingerprint: z.string().describe("What makes two alerts the same; stays while the alert is open."),
  rule: z.string().describe("The name of the rule that opened it."),
  phase: z
    .enum(["pending", "firing", "resolved"])
    .describe(
      "`pending`: threshold or `for` not met yet. `resolved`: until everybody who was told of it knows.",
    ),
  severity: Severity.describe("How bad it is."),
  lifecycle: z
    .enum(["recurring", "transition", "point"])
    .describe("`recurring` ends by quiet, `transition` by a counter-event, a `point` has no end to tell."),
  labels: z.record(z.string(), z.string()).readonly().describe("From the Event that opened it."),
  runbook: z.string().nullable().describe("A link, if the rule gives one."),
  dashboard: z.string().nullable().describe("A link, if the rule gives one."),
  openedAt: Instant.describe("When its first occurrence was read."),
  firedAt: Instant.nullable().describe("When it began to fire; null while it is pending."),
  resolvedAt: Instant.nullable().describe("When it ended; null while it is open."),
  resolvedBy: z
    .object({
      how: z
        .enum(["event", "deleted", "quiet", "max-age", "rule-removed"])
        .describe("`quiet` and `max-age`: it was no longer seen."),
      reason: z.string().describe("The counter-event's reason; empty for other ends."),
    })
    .nullable()
    .describe("What ended it; null while it is open."),
  firstSeenAt: Instant.describe("The first occurrence, by the clock of whoever wrote the Event."),
  lastSeenAt: Instant.describe("The last occurrence, by the clock of whoever wrote the Event."),
  occurrences: Count.describe("How often it happened in all."),
  message: z.string().describe("Of the newest Event, cut after 1024 characters: untrusted text."),
  objects: z.array(AlertObject).readonly().describe("At most 10, the one with the newest Event first."),
  objectsOmitted: Count.describe("Further objects."),
  groups: z
    .array(
      z.object({
        key: z.string().describe("Of the group."),
        sinks: z.array(z.string()).readonly().describe("Where it goes by the routes."),
        told: z.array(z.string()).readonly().describe("Sinks that were told that it fires."),
        nextLookAt: Instant.nullable().describe("When news of the group is told; null when there is none."),
      }),
    )
    .readonly()
    .describe("Empty while it is pending."),
});
export type Alert = Readonly<z.infer<typeof Alert>>;

/** One page of alerts. */
export const AlertPage = pageOf(Alert, "Newest first, by `openedAt`.");
export type AlertPage = Readonly<z.infer<typeof AlertPage>>;
