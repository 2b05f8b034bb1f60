import { z } from "zod";

import { HeldByCause } from "./cause.ts";
import { Instant } from "./fields.ts";

/** The standing of an alert at one sink. */
export const AlertAtSink = z.object({
  sink: z.string().describe("A sink that the alert goes to by the routes."),
  state: z
    .enum(["told", "waiting", "dead", "held", "none"])
    .describe(
      "`told`: its receiver has accepted a message about the alert. `waiting`: a message is on its way, or waits for a timer. `dead`: its message is a dead letter. `held`: a hold, or a digest, keeps it back. `none`: no message was made, and none is to come.",
    ),
  at: Instant.nullable().describe(
    "`told`: when its receiver accepted the newest message about its group, or when that was made, where the time is not kept any more. `dead`: when it was given up. `waiting` and `held`: when it is due, where a time is known. Else null.",
  ),
  newest: z
    .enum(["waiting", "dead"])
    .nullable()
    .describe(
      "What became of the newest message about its group, where the receiver has accepted only earlier ones. Null for all others.",
    ),
});
export type AlertAtSink = Readonly<z.infer<typeof AlertAtSink>>;

/** A reason why sinks were not told the news of an alert. */
export const HeldBackNow = z.object({
  by: z
    .enum(["silence", "inhibition", "mute", "digest", "groupWait", "sink", "rule"])
    .describe(
      "`groupWait`: any timer before a message, also those that wait for other alerts or for the state of objects. `sink`: its minSeverity, or its receiver, which has not accepted the message. `rule`: its threshold or its `for`.",
    ),
  what: z.string().describe("The same in words, with names. They may change. Untrusted text."),
  sinks: z.array(z.string()).readonly().describe("Empty for `rule`: nobody is to hear of it yet."),
  until: Instant.nullable().describe("When it ends; null where only something new ends it."),
  cause: HeldByCause.nullable().describe("For `inhibition` the cause; else null."),
});
export type HeldBackNow = Readonly<z.infer<typeof HeldBackNow>>;
