import type { DatabaseSync } from "node:sqlite";

import type { SeenRow } from "../../event/index.ts";

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
    `SELECT lineage, uid, resource_version AS resourceVersion, count,
            first_seen_at AS firstSeenAt, last_seen_at AS lastSeenAt, expires_at AS expiresAt
       FROM seen WHERE lineage = ?`,
  );
  const upsert = database.prepare("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?, ?, ?)");
  const sweepEnd = database.prepare(
    "SELECT lineage FROM seen WHERE lineage > ? ORDER BY lineage LIMIT 1 OFFSET ?",
  );
  const forget = database.prepare("DELETE FROM seen WHERE lineage > ? AND lineage <= ? AND expires_at <= ?");
  const forgetLast = database.prepare("DELETE FROM seen WHERE lineage > ? AND expires_at <= ?");
  let swept = "";

  return {
    find: (lineages) => {
      const found = new Map<string, SeenRow>();
      for (const lineage of lineages) {
        // The aliases are the fields of SeenRow.
        const row = select.get(lineage) as unknown as SeenRow | undefined;
        if (row !== undefined) found.set(lineage, row);
      }
      return found;
    },
    write: (rows) => {
      for (const row of rows) {
        upsert.run(
          row.lineage,
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
      const end = sweepEnd.get(swept, SWEEP - 1)?.["lineage"];
      if (typeof end === "string") forget.run(swept, end, now);
      else forgetLast.run(swept, now);
      swept = typeof end === "string" ? end : "";
      return swept !== "";
    },
  };
}
