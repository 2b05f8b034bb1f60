import { z } from "zod";

import { Count, Instant, pageOf } from "./fields.ts";

/** Alerts of one route that share their messages. */
export const Group = z.object({
  key: z.string().describe("The route's name and a hash of the labels."),
  route: z.string().describe("The name of the route; `rule:<name>` for a rule with sinks of its own."),
  labels: z.record(z.string(), z.string()).readonly().describe("The labels that its alerts share."),
  openedAt: Instant.describe("When the oldest of its alerts opened."),
  alerts: z
    .object({
      firing: Count.describe("Alerts whose problem goes on."),
      resolved: Count.describe("Alerts whose end is not sent yet."),
    })
    .describe("Number of alerts in it."),
  fingerprints: z.array(z.string()).readonly().describe("Of its alerts, at most 100."),
  fingerprintsOmitted: Count.describe("Further alerts."),
  nextLookAt: Instant.nullable().describe("When the group is looked at next; null when nothing changed."),
  moved: z.boolean().describe("Whether a reload routed alerts of it elsewhere."),
  sent: z
    .array(
      z.object({
        sink: z.string().describe("Its name."),
        deliveryId: z.string().describe("Of the last message that was made for it."),
        firing: Count.describe("Alerts that were firing in that message."),
        accepted: z.boolean().describe("Whether the receiver has accepted a message about this group."),
        lastAt: Instant.describe("When that message was made."),
        repeatAt: Instant.describe("When the next repeat is due, while nothing changes."),
        repeats: Count.describe("Repeats since the group last grew."),
      }),
    )
    .readonly()
    .describe("The last message for each sink."),
});
export type Group = Readonly<z.infer<typeof Group>>;

/** One page of groups. */
export const GroupPage = pageOf(Group, "The one that formed last first.");
export type GroupPage = Readonly<z.infer<typeof GroupPage>>;
