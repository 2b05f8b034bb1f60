import { z } from "zod";

import { Alert } from "./alert.ts";
import { Evidence } from "./evidence.ts";
import { Count, Instant } from "./fields.ts";

/** Occurrences per minute. */
export const Activity = z.object({
  from: Instant.describe("The begin of the first minute."),
  stepSeconds: z.literal(60).describe("Length of each step."),
  counts: z.array(Count).readonly().describe("Occurrences in each minute, the running one last; at most 60."),
});
export type Activity = Readonly<z.infer<typeof Activity>>;

/** One tracked alert with everything that is known of it. */
export const AlertDetail = Alert.extend({
  evidence: Evidence.nullable().describe(
    "The cause, as far as the known state of its objects tells it, as a message would have it, without lines of logs; null where nothing is known, and after its end.",
  ),
  activity: Activity.nullable().describe(
    "Of the last hour, up to a minute old, counted from the Events in memory by the rules of now, about the objects that it names: at most 100. Null where another process has the engine, and when the Events are forgotten.",
  ),
});
export type AlertDetail = Readonly<z.infer<typeof AlertDetail>>;
