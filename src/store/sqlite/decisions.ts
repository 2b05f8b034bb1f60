import type { DatabaseSync } from "node:sqlite";

import type { Changes } from "../../alert/index.ts";

/** Rows forgotten by one sweep, about. */
const SWEEP = 2000;

/** Why people were, or were not, told. */
export interface Decisions {
  write(changes: Changes): void;
  /** Forgets the oldest of those made before `before`; whether there may be more. */
  sweep(before: number): boolean;
}

export function createDecisions(database: DatabaseSync): Decisions {
  const insert = database.prepare(
    "INSERT OR IGNORE INTO decision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const forget = database.prepare(
    `DELETE FROM decision WHERE at <=
       (SELECT max(at) FROM (SELECT at FROM decision WHERE at < ? ORDER BY at LIMIT ?))`,
  );
  return {
    write: (changes) => {
      // No two Changes hold the same state of an Event, so the last one names the Changes.
      const last = changes.seen.at(-1);
      const origin = last === undefined ? "" : `${last.lineage}@${last.resourceVersion}`;
      for (const [ordinal, row] of changes.decisions.entries()) {
        insert.run(
          row.at,
          origin,
          ordinal,
          row.fingerprint,
          row.groupKey,
          row.sink,
          row.reason,
          row.deliveryId,
          row.outcome,
          row.rule,
          row.namespace,
          row.occurrences,
        );
      }
    },
    sweep: (before) => Number(forget.run(before, SWEEP).changes) >= SWEEP,
  };
}
