import { z } from "zod";

import { Count, Instant, pageOf } from "./fields.ts";

/** One thing that happened to an alert. */
export const TimelineRow = z.object({
  at: Instant.describe("When; of `retry` when the message was made."),
  kind: z
    .enum([
      "seen",
      "matched",
      "fired",
      "grouped",
      "held",
      "notified",
      "delivered",
      "retry",
      "dead",
      "resolved",
      "silenced",
    ])
    .describe(
      "`notified`: a message was made. `held`: none was made. `retry`: a message waits for its receiver. `silenced`: a silence matches it.",
    ),
  sink: z.string().nullable().describe("Null for rows about the alert itself."),
  text: z.string().describe("In words, which may change. Untrusted text."),
  occurrences: Count.nullable().describe("Those that the row stands for; null where it stands for none."),
  deliveryId: z.string().nullable().describe("Of the message; null for other rows."),
});
export type TimelineRow = Readonly<z.infer<typeof TimelineRow>>;

/** One page of a timeline. */
export const TimelinePage = pageOf(
  TimelineRow,
  "Newest first, by `at`; a message with its delivery on one page.",
);
export type TimelinePage = Readonly<z.infer<typeof TimelinePage>>;
