import type { DatabaseSync } from "node:sqlite";

import type { SeenRow } from "../../event/index.ts";
import { type SeenKey, seenKeyOf } from "../rows/seen-key.ts";

/** Rows that one sweep looks at. */
const SWEEP = 2000;

/** The seen rows: the last known state of each Event that an alert or a rule awaits. */
export interface SeenRows {
  find(lineages: readonly string[]): ReadonlyMap<string, SeenRow>;
  write(rows: readonly SeenRow[]): void;
  /** Looks at the next rows in the order of their keys, and forgets expired ones. @returns False after the last row. */
  sweep(now: number): boolean;
}

/** Prepares the seen rows of a file. */
export function createSeenRows(database: DatabaseSync): SeenRows {
  const select = database.prepare(
    `SELECT uid, resource_version AS resourceVersion, count,
            first_seen_at AS firstSeenAt, last_seen_at AS lastSeenAt, expires_at AS expiresAt
       FROM seen WHERE tail = ? AND head = ?`,
  );
  const upsert = database.prepare("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const sweepEnd = database.prepare(
    "SELECT tail, head FROM seen WHERE (tail, head) > (?, ?) ORDER BY tail, head LIMIT 1 OFFSET ?",
  );
  const forget = database.prepare(
    "DELETE FROM seen WHERE (tail, head) > (?, ?) AND (tail, head) <= (?, ?) AND expires_at <= ?",
  );
  const forgetLast = database.prepare("DELETE FROM seen WHERE (tail, head) > (?, ?) AND expires_at <= ?");
  let swept: SeenKey = FIRST;

  return {
    find: (lineages) => {
      const found = new Map<string, SeenRow>();
      for (const lineage of lineages) {
        const row = select.get(...seenKeyOf(lineage));
        // The aliases are the other fields of SeenRow.
        if (row !== undefined) found.set(lineage, { ...(row as unknown as SeenRow), lineage });
      }
      return found;
    },
    write: (rows) => {
      for (const row of rows) {
        upsert.run(
          ...seenKeyOf(row.lineage),
          row.uid,
          row.resourceVersion,
          row.count,
          row.firstSeenAt,
          row.lastSeenAt,
          row.expiresAt,
        );
      }
    },
    sweep: (now) => {
      const end = sweepEnd.get(...swept, SWEEP - 1);
      if (end === undefined) {
        forgetLast.run(...swept, now);
        swept = FIRST;
        return false;
      }
      const last: SeenKey = [String(end["tail"]), String(end["head"])];
      forget.run(...swept, ...last, now);
      swept = last;
      return true;
    },
  };
}

/** Before all keys. */
const FIRST: SeenKey = ["", ""];
