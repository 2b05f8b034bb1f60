import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { encodeCursor } from "../paging.ts";
import { DeliveryPage } from "../schemas/delivery.ts";
import { filter, momentOf, PAGING, Since } from "../schemas/fields.ts";
import { toDelivery } from "../views/delivery.ts";
import { toInstant } from "../views/instant.ts";
import { findDeliveries } from "./find-deliveries.ts";
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
    since: Since.optional().describe(
      "A duration back from now such as `1h`, or an RFC 3339 time: made since then, or with `ended` ended since then.",
    ),
    q: filter("A part of the title, the error, the sink, the group or the id, whatever the case."),
    ...PAGING,
  }),
  answer: DeliveryPage,
  answerTo: async (
    { queries, scrub, clock },
    { query: { which, sink, group, since, q, limit, cursor }, gone },
  ) => {
    const now = clock.now();
    const page = await findDeliveries(
      queries,
      { which, sink, groupKey: group, limit, after: cursor },
      { since: since && momentOf(since, now), text: q },
      gone,
    );
    return {
      at: toInstant(now),
      items: page.rows.map((row) => toDelivery(row, scrub)),
      next: page.next === undefined ? null : encodeCursor(page.next),
    };
  },
});
