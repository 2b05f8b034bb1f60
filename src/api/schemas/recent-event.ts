import { z } from "zod";

import { Instant, pageOf } from "./fields.ts";
import { WireEvent } from "./wire-event.ts";

/** The part that rules have in an Event. */
export const RecentEventOutcome = z.enum(["matched", "dropped", "unmatched"]);

/** An Event of the last hour. */
const RecentEvent = z.object({
  id: z.string().describe("Names this state of the Event for `POST /explain`; unknown after a restart."),
  event: WireEvent.describe("As receivers get it: untrusted texts."),
  outcome: RecentEventOutcome.describe(
    "Whether a rule or forward of this moment matches it, or a `drop` takes it out.",
  ),
  rules: z
    .array(z.string())
    .readonly()
    .describe(
      "Names of the rules that match it, but for those with `state`: the state of the object is not in the Event.",
    ),
});
export type RecentEvent = Readonly<z.infer<typeof RecentEvent>>;

/** One page of Events of the last hour. */
export const RecentEventPage = pageOf(RecentEvent, "Newest first, by the time at which they came.").extend({
  from: Instant.nullable().describe("Of the oldest Event that is kept; null for none."),
});
export type RecentEventPage = Readonly<z.infer<typeof RecentEventPage>>;
