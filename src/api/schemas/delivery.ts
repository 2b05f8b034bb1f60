import { z } from "zod";

import { Count, Instant, pageOf } from "./fields.ts";

/** A notification or forwarded record on its way to one sink, or at its end. */
export const Delivery = z.object({
  id: z.string().describe("The `webhook-id`, the same over retries and restarts."),
  sink: z.string().describe("Where it goes."),
  kind: z
    .enum(["firing", "update", "repeat", "resolved", "digest", "event"])
    .describe("Of the notification; `event` for a forwarded record."),
  group: z.string().nullable().describe("The group's key; null for a forwarded record."),
  title: z.string().describe("Untrusted text; empty when no longer known."),
  state: z
    .enum(["waiting", "sending", "delivered", "superseded", "expired", "dead"])
    .describe("`superseded`: newer news of its group took its place."),
  attempts: Count.describe("Started attempts."),
  error: z.string().describe("Of the last failed attempt; empty for none."),
  createdAt: Instant.describe("When it was made."),
  dueAt: Instant.nullable().describe("When it may be tried next; null unless it waits."),
  endedAt: Instant.nullable().describe("When its state became final; null while it is open."),
});
export type Delivery = Readonly<z.infer<typeof Delivery>>;

/** One page of deliveries. */
export const DeliveryPage = pageOf(Delivery, "Newest first: by `createdAt`, or by `endedAt` for ended ones.");
export type DeliveryPage = Readonly<z.infer<typeof DeliveryPage>>;
