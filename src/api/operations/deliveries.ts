import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { encodeCursor } from "../paging.ts";
import { DeliveryPage } from "../schemas/delivery.ts";
import { filter, PAGING } from "../schemas/fields.ts";
import { toDelivery } from "../views/delivery.ts";
import { toInstant } from "../views/instant.ts";
import { defineOperation } from "./operation.ts";

/** `GET /deliveries`. */
export const listDeliveries = defineOperation({
  operationId: "listDeliveries",
  method: "get",
  path: "/deliveries",
  summary: "Deliveries that wait, or how they ended",
  description:
    "Notifications, and forwarded records while they wait. Ended notifications are kept for a day; of ended records only dead letters are kept.",
  query: strict({
    which: z
      .enum(["open", "ended"])
      .default("open")
      .describe("`open`: waits or is being sent. `ended`: delivered, superseded, expired or dead."),
    sink: filter("The name of a sink."),
    group: filter("The key of a group; records have none."),
    ...PAGING,
  }),
  answer: DeliveryPage,
  answerTo: async ({ queries, scrub, clock }, { query: { which, sink, group, limit, cursor } }) => {
    const page = await queries.deliveries({ which, sink, groupKey: group, limit, after: cursor });
    return {
      at: toInstant(clock.now()),
      items: page.rows.map((row) => toDelivery(row, scrub)),
      next: page.next === undefined ? null : encodeCursor(page.next),
    };
  },
});
