import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { encodeCursor } from "../paging.ts";
import { DecisionPage } from "../schemas/decision.ts";
import { filter, momentOf, PAGING, Since } from "../schemas/fields.ts";
import { toDecision } from "../views/decision.ts";
import { toInstant } from "../views/instant.ts";
import { defineOperation } from "./operation.ts";

/** `GET /decisions`. */
export const listDecisions = defineOperation({
  operationId: "listDecisions",
  method: "get",
  path: "/decisions",
  summary: "Why messages were, or were not, sent",
  description:
    "Kept for seven days. An Event without a matching rule, with a matching `drop`, or from before the first start leads to no decision: `tocsin explain` explains those.",
  query: strict({
    rule: filter("The name of a rule."),
    namespace: filter("The alert's label `namespace`."),
    sink: filter("The name of a sink."),
    fingerprint: filter("Of an alert."),
    outcome: z.enum(["notified", "suppressed"]).optional().describe("Only these."),
    since: Since.prefault("24h").describe("A duration back from now such as `1h`, or an RFC 3339 time."),
    ...PAGING,
  }),
  answer: DecisionPage,
  answerTo: async ({ queries, clock }, { query: { since, limit, cursor, ...filters } }) => {
    const now = clock.now();
    const from = momentOf(since, now);
    const page = await queries.decisions({ ...filters, since: from, limit, after: cursor });
    return {
      at: toInstant(now),
      items: page.rows.map(toDecision),
      next: page.next === undefined ? null : encodeCursor(page.next),
    };
  },
});
