import { z } from "zod";

import { Instant } from "./fields.ts";

/** The known state of the objects of an alert. */
export const SeenState = z.object({
  judgement: z
    .enum(["over", "waiting", "sick", "unsettled", "unknown"])
    .describe(
      "`sick`: an object has the problem. `waiting`: all is well, and counts as proof soon. `over`: it ends if that lasts. `unsettled`: its objects are gone, but their workload is not as it should be.",
    ),
  objects: z
    .array(
      z.object({
        kind: z.string().describe("As in Kubernetes: `Pod`."),
        namespace: z.string().describe("Empty for an object without one."),
        name: z.string().describe("Of the object."),
        container: z.string().describe("Empty when the Event names none."),
        verdict: z
          .enum(["gone", "replaced", "healthy", "waiting", "unhealthy", "unknown"])
          .describe("What its state says about the problem; `unknown` also when an Event is newer than it."),
        seenAt: Instant.nullable().describe("When its state was read last; null for never."),
        askedAt: Instant.nullable().describe("When it was asked for last, with or without an answer."),
      }),
    )
    .readonly()
    .describe("At most 10, those with the problem first."),
  checkingUntil: Instant.nullable().describe(
    "Its message waits until then at the latest for the state of objects; null when none waits.",
  ),
});
export type SeenState = Readonly<z.infer<typeof SeenState>>;
