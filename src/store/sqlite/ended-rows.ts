import type { DatabaseSync } from "node:sqlite";

import type { Changes, EndedAlert } from "../../alert/index.ts";
import { endedWords } from "../rows/ended-words.ts";
import { packEnded } from "../rows/pack-ended.ts";
import type { KeptRows } from "./kept-rows.ts";
import { prepareAll } from "./prepare-all.ts";

/** Rows that one sweep forgets. */
const SWEEP = 5000;

/** Rows that are given up at once for room: less than a megabyte. */
const SQUEEZE = 1000;

/** Most rows, some hundred bytes each. */
const MOST_ROWS = 200_000;

const SQL = {
  insert: `INSERT OR IGNORE INTO ended
       (id, fingerprint, rule, namespace, severity, first_seen_at, fired_at, ended_at, occurrences, told, reason, search, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  // The message that the engine knows, and those that wait with later news of the same group.
  messages: `SELECT id, state FROM delivery WHERE id = ?1
     UNION SELECT id, state FROM delivery
      WHERE sink = ?2 AND group_key = ?3 AND ended_at IS NULL AND instr(notification, ?4) > 0`,
  await: "INSERT OR IGNORE INTO ended_await (delivery_id, ended_id) VALUES (?, ?)",
  awaitLate: `INSERT OR IGNORE INTO ended_await (delivery_id, ended_id)
     SELECT ?1, id FROM ended
      WHERE fingerprint = ?2 AND EXISTS (SELECT 1 FROM delivery WHERE id = ?1 AND instr(notification, ?2) > 0)
      ORDER BY ended_at DESC, seq DESC LIMIT 1`,
  forget: `DELETE FROM ended WHERE seq IN (SELECT seq FROM ended WHERE ended_at < ? ORDER BY ended_at LIMIT ?)
     RETURNING ended_at AS at`,
  forgetUnfired: `DELETE FROM ended WHERE seq IN (
       SELECT seq FROM ended WHERE fired_at IS NULL AND ended_at < ? ORDER BY ended_at LIMIT ?)`,
  count: "SELECT count(*) AS rows FROM ended",
} as const;

/** The alerts that are over. */
export interface EndedRows {
  write(changes: Pick<Changes, "ended" | "lateNews">): void;
  /**
   * Forgets some of those that ended before `before`, and some beyond the bound.
   *
   * @param unfiredBefore The same for those that never fired. @returns Whether there may be more.
   */
  sweep(before: number, unfiredBefore: number): boolean;
  /** Forgets some: those that never fired, then the oldest. @returns Whether there may be more. */
  squeeze(): boolean;
}

/**
 * Prepares the rows of ended alerts of a file.
 *
 * @param kept Learns which are forgotten, but for those that never fired. @param mostRows The bound.
 */
export function createEndedRows(
  database: DatabaseSync,
  kept: Pick<KeptRows, "forgot">,
  mostRows = MOST_ROWS,
): EndedRows {
  const sql = prepareAll(database, SQL);

  /** The sinks whose receivers have accepted a message by now, and the messages that may still be accepted. */
  const becomeOf = ({
    unaccepted,
    alert: { fingerprint },
  }: EndedAlert): { readonly told: readonly string[]; readonly awaited: readonly string[] } => {
    const told = new Set<string>();
    const awaited: string[] = [];
    for (const { sink, groupKey, deliveryId } of unaccepted) {
      for (const { id, state } of sql.messages.all(deliveryId, sink, groupKey, fingerprint)) {
        if (state === "delivered") told.add(sink);
        else if (state !== "superseded") awaited.push(String(id));
      }
    }
    return { told: [...told], awaited };
  };

  const add = (ended: EndedAlert): void => {
    const { id, firstSeenAt, firedAt, resolvedAt, reason, alert } = ended;
    const { told, awaited } = becomeOf(ended);
    const added = sql.insert.run(
      id,
      alert.fingerprint,
      alert.rule,
      alert.labels["namespace"] ?? "",
      alert.severity,
      firstSeenAt,
      firedAt ?? null,
      resolvedAt,
      alert.occurrences,
      JSON.stringify([...ended.told, ...told]),
      reason,
      endedWords(alert),
      packEnded(alert),
    );
    if (added.changes === 0) return;
    for (const delivery of awaited) sql.await.run(delivery, id);
  };

  const forget = (before: number, most: number): number => {
    const times = sql.forget.all(before, most).map(({ at }) => Number(at));
    kept.forgot("ended", times);
    return times.length;
  };

  const squeeze = (): boolean => {
    if (sql.forgetUnfired.run(Number.MAX_SAFE_INTEGER, SQUEEZE).changes > 0) return true;
    return forget(Number.MAX_SAFE_INTEGER, SQUEEZE) > 0;
  };

  return {
    write: ({ ended, lateNews }) => {
      for (const each of ended) add(each);
      for (const { deliveryId, fingerprint } of lateNews) sql.awaitLate.run(deliveryId, fingerprint);
    },
    sweep: (before, unfiredBefore) => {
      const unfired = sql.forgetUnfired.run(unfiredBefore, SWEEP).changes;
      const forgotten = forget(before, SWEEP);
      if (unfired === SWEEP || forgotten === SWEEP) return true;
      return Number(sql.count.get()?.["rows"]) > mostRows && squeeze();
    },
    squeeze,
  };
}
