import type { Changes, EndedAlert } from "../../alert/index.ts";
import { endedWords } from "../rows/ended-words.ts";
import { packEnded } from "../rows/pack-ended.ts";
import { defineColumns } from "./columns.ts";
import { nameStatements, type Statement } from "./statement.ts";

/** Rows that one sweep forgets. */
export const ENDED_SWEEP = 5000;

/** Most rows, some hundred bytes each. */
const MOST_ROWS = 200_000;

const ROWS = defineColumns<EndedAlert>(1, {
  id: ["text", ({ id }) => id],
  fingerprint: ["text", ({ alert }) => alert.fingerprint],
  rule: ["text", ({ alert }) => alert.rule],
  namespace: ["text", ({ alert }) => alert.labels["namespace"] ?? ""],
  severity: ["text", ({ alert }) => alert.severity],
  first_seen_at: ["bigint", ({ firstSeenAt }) => firstSeenAt],
  fired_at: ["bigint", ({ firedAt }) => firedAt],
  ended_at: ["bigint", ({ resolvedAt }) => resolvedAt],
  occurrences: ["bigint", ({ alert }) => alert.occurrences],
  told: ["text", ({ told }) => JSON.stringify(told)],
  reason: ["text", ({ reason }) => reason],
  search: ["text", ({ alert }) => endedWords(alert)],
  body: ["text", ({ alert }) => Buffer.from(packEnded(alert)).toString("hex")],
});

const SQL = nameStatements("ended", {
  add: `INSERT INTO ended (id, fingerprint, rule, namespace, severity, first_seen_at, fired_at, ended_at, occurrences,
                         told, reason, search, body)
     SELECT id, fingerprint, rule, namespace, severity, first_seen_at, fired_at, ended_at, occurrences,
            told, reason, search, decode(body, 'hex') FROM ${ROWS.from} AS sent ON CONFLICT DO NOTHING`,
  // The message that the engine knows, and those that wait with later news of the same group: who was told by now, and
  // which may still be accepted. The lock keeps an attempt from ending unseen.
  await: `WITH message AS (
       SELECT id, state FROM delivery
        WHERE id = $2 OR (sink = $3 AND group_key = $4 AND ended_at IS NULL AND strpos(notification, $5) > 0)
        ORDER BY seq FOR SHARE),
     told AS (
       UPDATE ended SET told = add_told(told, $3)
        WHERE id = $1 AND EXISTS (SELECT 1 FROM message WHERE state = 'delivered'))
     INSERT INTO ended_await (delivery_id, ended_id)
     SELECT id, $1 FROM message WHERE state NOT IN ('delivered', 'superseded') ON CONFLICT DO NOTHING`,
  awaitLate: `INSERT INTO ended_await (delivery_id, ended_id)
     SELECT $1, id FROM ended
      WHERE fingerprint = $2 AND EXISTS (SELECT 1 FROM delivery WHERE id = $1 AND strpos(notification, $2) > 0)
      ORDER BY ended_at DESC, seq DESC LIMIT 1 ON CONFLICT DO NOTHING`,
  // By their places: for thousands of numbers the server would rather read the whole table.
  forget: `WITH gone AS (
       DELETE FROM ended WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM ended WHERE ended_at < $1 ORDER BY ended_at, seq LIMIT ${ENDED_SWEEP}
         FOR UPDATE SKIP LOCKED))
       RETURNING ended_at),
     moved AS (UPDATE kept SET since = greatest(since, newest + 1)
       FROM (SELECT max(ended_at) AS newest FROM gone) AS last WHERE what = 'ended' AND newest IS NOT NULL)
     SELECT count(*) AS gone FROM gone`,
  forgetUnfired: `DELETE FROM ended WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM ended WHERE fired_at IS NULL AND ended_at < $1 ORDER BY ended_at LIMIT ${ENDED_SWEEP}
       FOR UPDATE SKIP LOCKED))`,
  // The time of the oldest row that has room.
  bound: `SELECT ended_at FROM ended ORDER BY ended_at DESC, seq DESC LIMIT 1 OFFSET ${MOST_ROWS - 1}`,
});

/** The statements about alerts that are over. */
export const endedRows = {
  /** Behind the deliveries of the same Changes, which they look up. */
  write: ({ ended, lateNews }: Pick<Changes, "ended" | "lateNews">): readonly Statement[] => [
    ...(ended.length === 0 ? [] : [SQL.add(...ROWS.of(ended))]),
    ...ended.flatMap(({ id, alert, unaccepted }) =>
      unaccepted.map(({ sink, groupKey, deliveryId }) =>
        SQL.await(id, deliveryId, sink, groupKey, alert.fingerprint),
      ),
    ),
    ...lateNews.map(({ deliveryId, fingerprint }) => SQL.awaitLate(deliveryId, fingerprint)),
  ],
  /** Forgets some of those that ended before. Answers their number, `gone`. */
  forget: (before: number): Statement => SQL.forget(before),
  /** Forgets some of those that never fired and ended before. */
  forgetUnfired: (before: number): Statement => SQL.forgetUnfired(before),
  /** Answers the `ended_at` of the oldest row that is within the bound; no row while there is room. */
  bound: (): Statement => SQL.bound(),
};
