import { z } from "zod";

import { HeldByCause } from "./cause.ts";
import { Instant } from "./fields.ts";

/** A message about an alert that is not made yet. */
export const MessageToCome = z.object({
  sink: z.string().nullable().describe("Who gets it; null while the alert does not fire."),
  group: z.string().nullable().describe("The group's key; null while the alert does not fire."),
  for: z
    .enum([
      "threshold",
      "for",
      "groupWait",
      "groupInterval",
      "state",
      "others",
      "step",
      "end",
      "digest",
      "min_severity",
      "inhibition",
      "silence",
      "mute",
    ])
    .describe(
      "What it waits for: `threshold` and `for` of its rule; `groupWait` and `groupInterval` of its route; `state`, the state of its objects; `others`, groups of its rule that are due soon; `step`, because the sink got a message about its rule shortly before; `end`, an end that others may join; `digest`; or a hold.",
    ),
  why: z.string().describe("The same in words. They may change."),
  at: Instant.nullable().describe("When the wait is over; null where only something new ends it."),
  cause: HeldByCause.nullable().describe("For `inhibition` the cause; else null."),
});
export type MessageToCome = Readonly<z.infer<typeof MessageToCome>>;
