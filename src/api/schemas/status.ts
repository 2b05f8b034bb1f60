import { z } from "zod";

import { Count, Instant } from "./fields.ts";

/** The state of one scope's stream. */
const Stream = z.object({
  scope: z.string().describe("The API group and the namespace: `core/` for all, `core/shop` for one."),
  state: z
    .enum(["cold", "listing", "watching", "waiting"])
    .describe("`waiting` for a server that refuses or does not answer."),
  trouble: z.string().describe("Why it is not watching, in words; empty while it is."),
  lastMessageAt: Instant.nullable().describe("When the API server last sent something; null for never."),
  ageSeconds: z.number().min(0).nullable().describe("Seconds since then."),
  resourceVersion: z
    .string()
    .describe("The resource version that it has read up to; empty before the first."),
});

/** The state of one sink, and its waiting messages. */
const Sink = z.object({
  sink: z.string().describe("Its name."),
  type: z.string().nullable().describe("Null when the configuration no longer has it."),
  state: z
    .enum(["ok", "paused", "failing", "broken", "gone"])
    .describe(
      "`paused` by its own Retry-After; `broken` until it is mended; `gone`: not configured any more.",
    ),
  error: z.string().describe("The last failure; empty after a success."),
  retryAt: Instant.nullable().describe("When it may be tried again; null when it may now."),
  destinations: z
    .array(
      z.object({
        destination: z.string().describe("A channel, a list of recipients, a routing key's name."),
        state: z.enum(["paused", "failing", "broken"]).describe("As for the sink."),
        error: z.string().describe("The last failure."),
        retryAt: Instant.nullable().describe("When it may be tried again; null when it may now."),
      }),
    )
    .readonly()
    .describe("Destinations of the sink that do not work while others may, the worst first, at most 10."),
  destinationsOmitted: Count.describe("Further ones."),
  sending: Count.describe("Running attempts."),
  waiting: Count.describe("Waiting and running deliveries and records."),
  oldestAt: Instant.nullable().describe("When the oldest of them was made."),
  oldestAgeSeconds: z.number().min(0).nullable().describe("Seconds since then."),
  dead: Count.describe("Dead letters."),
});

/** A number of equal decisions. */
const Reasoned = z.object({
  reason: z.string().describe("As in the list of decisions."),
  why: z.string().describe("The reason in words."),
  decisions: Count.describe("Number of decisions with this reason."),
  occurrences: Count.describe("Number of occurrences in them."),
});

/** The whole bridge at a glance. */
export const Status = z.object({
  at: Instant.describe("Time of this answer, by the server's clock."),
  version: z.string().describe("Of this program."),
  cluster: z.string().describe("The name shown in every alert."),
  configHash: z.string().describe("Changes with any file of the configuration, secrets excluded."),
  startedAt: Instant.describe("When this process began."),
  uptimeSeconds: z.number().min(0).describe("Seconds since then."),
  ready: z.boolean().describe("As `/readyz` says."),
  checks: z
    .array(
      z.object({
        name: z.string().describe("Of the part."),
        ok: z.boolean().describe("Whether it works."),
        detail: z.string().describe("The problem in words, or that all is well."),
      }),
    )
    .readonly()
    .describe("The parts of readiness."),
  streams: z.array(Stream).readonly().describe("One per watched scope."),
  lookUps: z
    .object({
      kinds: z
        .array(
          z.object({
            resource: z.string().describe("As RBAC names it: `pods`, `replicasets.apps`."),
            state: z
              .enum(["readable", "paused", "forbidden"])
              .describe("`paused`: answers fail, or the API server asked for a pause."),
            namespaces: z
              .array(z.string())
              .readonly()
              .describe("Where it is forbidden, at most 10; empty for an object without a namespace."),
            retryAt: Instant.nullable().describe("When it is tried again; null when it may be now."),
          }),
        )
        .readonly()
        .describe("Kinds that were asked for since the start."),
      requests: z
        .object({
          free: Count.describe("May start at once now."),
          burst: Count.describe("May start at once after a rest."),
          perSecond: Count.describe("Come back each second."),
        })
        .describe("The budget that all look-ups share."),
      waiting: Count.describe("Questions that wait for their turn."),
      oldestSeconds: z.number().min(0).describe("How long the oldest of them has waited; 0 for none."),
    })
    .nullable()
    .describe("Look-ups of the state of objects; null where none is read."),
  configured: z
    .object({
      rules: Count.describe("Enabled rules."),
      forwards: Count.describe("Entries of `forward`."),
      routes: Count.describe("The root and all below it."),
      sinks: Count.describe("Entries of `sinks`."),
    })
    .describe("Size of the configuration in use."),
  sinks: z.array(Sink).readonly().describe("In the order of the configuration, then removed ones."),
  store: z
    .object({
      writable: z.boolean().describe("Whether the last write succeeded."),
      usedBytes: Count.describe("Bytes in use."),
      maxBytes: Count.describe("`state.maxBytes`, in bytes."),
    })
    .describe("The store."),
  alerts: z
    .object({
      pending: Count.describe("Threshold or `for` not met yet."),
      firing: Count.describe("The problem goes on."),
      resolved: Count.describe("Ended, until every sink has the end."),
    })
    .describe("Tracked alerts, by phase."),
  groups: Count.describe("Groups of alerts."),
  lastHour: z
    .object({
      notified: z.array(Reasoned).readonly().describe("By trigger."),
      suppressed: z.array(Reasoned).readonly().describe("By reason."),
    })
    .describe("Decisions of the last hour, by reason."),
});
export type Status = Readonly<z.infer<typeof Status>>;
