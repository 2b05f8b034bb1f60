import type { z } from "zod";

import { type ClusterEvent, namespaceOf } from "../../event/index.ts";
import { TocsinError } from "../../lib/errors.ts";
import { strict } from "../../lib/schema.ts";
import type { RingPlace } from "../../ring/index.ts";
import type { Cursor } from "../../store/index.ts";
import { encodeCursor } from "../paging.ts";
import { filter, PAGING, Since } from "../schemas/fields.ts";
import { RecentEventOutcome, RecentEventPage } from "../schemas/recent-event.ts";
import { toInstant, toInstantOrNull } from "../views/instant.ts";
import { outcomeOf, toRecentEvent } from "../views/recent-event.ts";
import { defineOperation } from "./operation.ts";

const Query = strict({
  since: Since.prefault("1h").describe("A duration back from now such as `10m`, or an RFC 3339 time."),
  q: filter("A part of the reason, the message, the writer or the object, whatever the case."),
  type: filter("`Normal` or `Warning`."),
  namespace: filter("The namespace that the Event counts for."),
  reason: filter("Exactly this reason."),
  outcome: RecentEventOutcome.optional().describe("Only these; `unmatched` for those that no rule wants."),
  ...PAGING,
});

/** `GET /events`. */
export const listEvents = defineOperation({
  operationId: "listEvents",
  method: "get",
  path: "/events",
  summary: "Events of the last hour, also those that nothing wants",
  description:
    "As many as fit into 8 MiB of memory, 50,000 at most, of the engine of this process; after a start they begin with its first list. An Event that was counted up is there once for each count. Labels and owners of objects are not looked up.",
  query: Query,
  answer: RecentEventPage,
  answerTo: async ({ clock, configuration, ring: currentRing, scrub }, { query }) => {
    const now = clock.now();
    const ring = currentRing();
    if (ring === undefined) return { at: toInstant(now), items: [], next: null, from: null };
    const { since, limit, cursor } = query;
    const { policy } = configuration();
    const page = await ring.read({
      since: "at" in since ? since.at : now - since.agoMs,
      after: cursor === undefined ? undefined : placeOf(cursor, ring.epoch),
      limit,
      matches: (event) =>
        isWanted(event, query) &&
        (query.outcome === undefined || outcomeOf(event, policy).outcome === query.outcome),
    });
    const last = page.rows.at(-1);
    return {
      at: toInstant(now),
      items: page.rows.map((row) => toRecentEvent(row, `${ring.epoch}-${row.number}`, { policy, scrub })),
      next: page.more && last !== undefined ? encodeCursor([ring.epoch, last.at, last.number]) : null,
      from: toInstantOrNull(ring.oldestAt()),
    };
  },
});

/** @throws {TocsinError} ERR_USAGE when the cursor is of another list, or of one before a restart. */
function placeOf([of, at, number, ...rest]: Cursor, epoch: string): RingPlace {
  if (of === epoch && typeof at === "number" && typeof number === "number" && rest.length === 0)
    return { at, number };
  throw new TocsinError("ERR_USAGE", "the cursor belongs to another list; begin without one");
}

function isWanted(event: ClusterEvent, { q, type, namespace, reason }: z.output<typeof Query>): boolean {
  if (type !== undefined && event.type !== type) return false;
  if (reason !== undefined && event.reason !== reason) return false;
  if (namespace !== undefined && namespaceOf(event) !== namespace) return false;
  return q === undefined || textsOf(event).some((text) => text.toLowerCase().includes(q.toLowerCase()));
}

function textsOf(event: ClusterEvent): readonly string[] {
  const { involvedObject, message, reason, source } = event;
  const { kind, name } = involvedObject;
  return [reason, message, source.component, `${kind}/${name}`, `${namespaceOf(event)}/${name}`];
}
