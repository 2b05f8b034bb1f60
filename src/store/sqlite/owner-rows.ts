import type { DatabaseSync } from "node:sqlite";

import type { OwnerRow } from "../../alert/index.ts";

/** Rows that one sweep forgets. */
const SWEEP = 1000;

/** The known owners and nodes of objects. */
export interface OwnerRows {
  find(objects: readonly string[]): ReadonlyMap<string, OwnerRow>;
  write(rows: readonly OwnerRow[]): void;
  /** Forgets some expired rows. @returns Whether there may be more. */
  sweep(now: number): boolean;
}

/** Prepares the rows of owners of a file. */
export function createOwnerRows(database: DatabaseSync): OwnerRows {
  const select = database.prepare(
    "SELECT object, owner, node, expires_at AS expiresAt FROM owner WHERE object = ?",
  );
  const upsert = database.prepare(
    `INSERT INTO owner VALUES (?, ?, ?, ?) ON CONFLICT (object) DO UPDATE SET
       owner = iif(owner.owner = '', excluded.owner, owner.owner),
       node = iif(excluded.node = '', owner.node, excluded.node),
       expires_at = max(owner.expires_at, excluded.expires_at)`,
  );
  const forget = database.prepare(
    "DELETE FROM owner WHERE object IN (SELECT object FROM owner WHERE expires_at <= ? LIMIT ?)",
  );

  return {
    find: (objects) => {
      const found = new Map<string, OwnerRow>();
      for (const object of objects) {
        // The aliases are the fields of OwnerRow.
        const row = select.get(object) as unknown as OwnerRow | undefined;
        if (row !== undefined) found.set(object, row);
      }
      return found;
    },
    write: (rows) => {
      for (const row of rows) upsert.run(row.object, row.owner, row.node, row.expiresAt);
    },
    sweep: (now) => forget.run(now, SWEEP).changes === SWEEP,
  };
}
