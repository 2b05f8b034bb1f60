import { type AlertState, type Silence, standingOf } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";
import type { Cursor, DecisionRow } from "../../store/index.ts";
import type { ApiContext } from "../bridge.ts";
import { encodeCursor } from "../paging.ts";
import { limitUpTo, MOST_ROWS, PAGING } from "../schemas/fields.ts";
import { TimelinePage } from "../schemas/timeline.ts";
import { toInstant } from "../views/instant.ts";
import { decisionRows, ownRows, toTimeline } from "../views/timeline.ts";
import { findAlert, noSuchAlert } from "./alert.ts";
import { defineOperation } from "./operation.ts";

/** `GET /alerts/{id}/timeline`. */
export const getTimeline = defineOperation({
  operationId: "getTimeline",
  method: "get",
  path: "/alerts/{id}/timeline",
  summary: "The life of an open alert, and who was told of it",
  description:
    "Made of the alert, of the decisions since it opened (kept for seven days), of the deliveries of its messages (kept for a day after their end) and of the silences that match it.",
  query: strict({
    ...PAGING,
    limit: limitUpTo(
      MOST_ROWS,
      `Decisions that the answer stands for at most, 1 to ${MOST_ROWS}; rows about their deliveries and about the alert come with them.`,
      200,
    ),
  }),
  answer: TimelinePage,
  refusals: [404],
  answerTo: async (context, { id, query: { limit, cursor } }) => {
    const { queries, clock, configuration, scrub } = context;
    const now = clock.now();
    const alert = await findAlert(queries, id);
    if (alert === undefined) return await noSuchAlert(queries, id);
    const { after, before } = placeFrom(cursor);
    const { openedAt: since, fingerprint } = alert;
    const page = await queries.decisions({ fingerprint, since, limit, after });
    const deliveries = await deliveriesOf(queries, page.rows);
    const own = ownRows(alert, {
      rule: configuration().policy.rules.byName.get(alert.rule),
      silences: silencesOn(alert, await queries.silences(), now),
      now,
    });
    const from = page.next === undefined ? -Infinity : (page.rows.at(-1)?.at ?? -Infinity);
    return {
      at: toInstant(now),
      items: toTimeline([
        ...own.filter(({ at }) => at >= from && at < before),
        ...page.rows.flatMap((row) => decisionRows(row, deliveries.get(row.deliveryId), scrub)),
      ]),
      next: page.next === undefined ? null : encodeCursor([...page.next, from]),
    };
  },
});

/** The cursor of the decisions, and the time of the last decision of the page before. */
function placeFrom(cursor: Cursor | undefined): {
  readonly after: Cursor | undefined;
  readonly before: number;
} {
  const before = cursor?.at(-1);
  // The store refuses the rest of a cursor that is of another list.
  return typeof before === "number"
    ? { after: cursor?.slice(0, -1), before }
    : { after: cursor, before: Infinity };
}

async function deliveriesOf(
  queries: ApiContext["queries"],
  decisions: readonly DecisionRow[],
): Promise<ReadonlyMap<string, Awaited<ReturnType<typeof queries.deliveriesById>>[number]>> {
  const ids = decisions.flatMap(({ deliveryId }) => (deliveryId === "" ? [] : [deliveryId]));
  const rows = await queries.deliveriesById([...new Set(ids)]);
  return new Map(rows.map((row) => [row.id, row]));
}

function silencesOn(alert: AlertState, all: readonly Silence[], now: number): readonly Silence[] {
  return all.filter((silence) => standingOf(silence, now).matches(alert));
}
