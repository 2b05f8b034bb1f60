import type { DatabaseSync } from "node:sqlite";

import type { DeadLetter, DeadLetterQuery } from "../queries.ts";
import { fromStoredJson } from "../rows/stored-json.ts";

/** Most dead letters, of notifications and of records each. */
const MOST_KEPT = 10_000;

/** Rows that one sweep drops. */
const SWEEP = 500;

/** The dead letters of all sinks. */
export interface DeadLetters {
  /** Newest first. */
  list(query: DeadLetterQuery): readonly DeadLetter[];
  /** Puts them back into the queues of these sinks. */
  retry(
    ids: readonly string[],
    now: number,
    note: string,
  ): { readonly count: number; readonly sinks: ReadonlySet<string> };
  drop(ids: readonly string[]): number;
  /** Drops dead letters that are older than `before` or over the bound. @returns Their number. */
  sweep(before: number): number;
  /** Drops some of the oldest records. @returns Their number. */
  dropOldestRecords(): number;
}

/** Prepares the dead letters of a file. */
export function createDeadLetters(database: DatabaseSync): DeadLetters {
  const isWanted = (buriedAt: string): string =>
    `(?1 IS NULL OR sink = ?1) AND (?2 IS NULL OR id IN (SELECT value FROM json_each(?2)))
       AND (?3 IS NULL OR (${buriedAt}, id) < (?3, ?4))`;
  const select = database.prepare(
    `SELECT id, sink, 'notification' AS kind, error, attempts, created_at AS createdAt, ended_at AS buriedAt,
            notification AS body
       FROM delivery WHERE listed = 1 AND ${isWanted("ended_at")}
     UNION ALL
     SELECT id, sink, 'record', error, attempts, created_at, buried_at, body
       FROM dead_record WHERE ${isWanted("buried_at")}
     ORDER BY buriedAt DESC, id DESC LIMIT ?5`,
  );
  const retryDelivery = database.prepare(
    `UPDATE delivery SET state = 'waiting', ended_at = NULL, noted = p IS NULL, listed = 0, due_at = ?1, expires_at = NULL,
            opening_started = opening_started OR attempts > 0, attempts = 0,
            notification = CASE
              WHEN ?2 = '' OR NOT json_valid(notification) THEN notification
              WHEN instr(coalesce(notification ->> '$.text.note', ''), ?2) > 0 THEN notification
              ELSE json_set(notification, '$.text.note',
                     trim(coalesce(notification ->> '$.text.note', '') || char(10) || ?2, char(10))) END
      WHERE id = ?3 AND listed = 1 RETURNING sink`,
  );
  const retryRecord = database.prepare(
    `INSERT OR IGNORE INTO record (id, sink, due_at, created_at, body)
     SELECT id, sink, ?, created_at, body FROM dead_record WHERE id = ?`,
  );
  // The row of a delivery stays until an engine has adopted its outcome, and it is old.
  const dropDelivery = database.prepare("UPDATE delivery SET listed = 0 WHERE id = ? AND listed = 1");
  const dropRecord = database.prepare("DELETE FROM dead_record WHERE id = ? RETURNING sink");
  const sweepDeliveries = database.prepare(
    `UPDATE delivery SET listed = 0 WHERE seq IN (
       SELECT seq FROM delivery WHERE listed = 1 AND ended_at <= max(?, coalesce(
         (SELECT ended_at FROM delivery WHERE listed = 1 ORDER BY ended_at DESC LIMIT 1 OFFSET ?), 0))
        ORDER BY ended_at LIMIT ?)`,
  );
  const sweepRecords = database.prepare(
    `DELETE FROM dead_record WHERE id IN (
       SELECT id FROM dead_record WHERE buried_at <= max(?, coalesce(
         (SELECT buried_at FROM dead_record ORDER BY buried_at DESC LIMIT 1 OFFSET ?), 0))
        ORDER BY buried_at LIMIT ?)`,
  );
  const dropOldest = database.prepare(
    "DELETE FROM dead_record WHERE id IN (SELECT id FROM dead_record ORDER BY buried_at LIMIT ?)",
  );
  const sum = (ids: readonly string[], change: (id: string) => number | bigint): number =>
    ids.reduce((total, id) => total + Number(change(id)), 0);

  return {
    list: ({ sink, ids, limit, after }) => {
      const wanted = ids === undefined ? null : JSON.stringify(ids);
      const rows = select.all(sink ?? null, wanted, after?.buriedAt ?? null, after?.id ?? null, limit);
      return rows.map((row) => {
        // The aliases are the fields of DeadLetter, but for the title.
        const letter = row as unknown as Omit<DeadLetter, "title">;
        return { ...letter, title: titleOf(letter.kind, letter.body) };
      });
    },
    retry: (ids, now, note) => {
      const retryOne = (id: string): readonly string[] => {
        const delivery = retryDelivery.get(now, note, id);
        if (delivery !== undefined) return [String(delivery["sink"])];
        retryRecord.run(now, id);
        const record = dropRecord.get(id);
        return record === undefined ? [] : [String(record["sink"])];
      };
      const sinks = ids.flatMap(retryOne);
      return { count: sinks.length, sinks: new Set(sinks) };
    },
    drop: (ids) =>
      sum(ids, (id) => {
        const { changes } = dropDelivery.run(id);
        return changes === 0 ? dropRecord.run(id).changes : changes;
      }),
    sweep: (before) =>
      Number(sweepDeliveries.run(before, MOST_KEPT, SWEEP).changes) +
      Number(sweepRecords.run(before, MOST_KEPT, SWEEP).changes),
    dropOldestRecords: () => Number(dropOldest.run(SWEEP).changes),
  };
}

/** The title of a notification or record, one line; "" when its body has none. */
export function titleOf(kind: DeadLetter["kind"], body: string): string {
  // Bodies are notifications or EventRecords as JSON (alert/notification.ts); what is missing or damaged reads as "".
  const value = (fromStoredJson(body) ?? {}) as {
    readonly title?: string;
    readonly event?: {
      readonly reason?: string;
      readonly involvedObject?: {
        readonly kind?: string;
        readonly namespace?: string;
        readonly name?: string;
      };
    };
  };
  if (kind === "notification") return value.title ?? "";
  const { kind: what = "", namespace = "", name = "" } = value.event?.involvedObject ?? {};
  return `${value.event?.reason ?? ""} ${what} ${namespace === "" ? name : `${namespace}/${name}`}`.trim();
}
