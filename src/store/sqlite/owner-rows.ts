import type { DatabaseSync } from "node:sqlite";

import type { OwnerRow } from "../../alert/index.ts";

/** A row that is used is kept at least this much longer. */
const RENEWAL_MS = 24 * 3_600_000;

/** Rows to renew that are remembered between two writes. */
const MOST_RENEWALS = 10_000;

/** Rows forgotten by one sweep. */
const SWEEP = 1000;

/** Who owns what, and where it runs. */
export interface OwnerRows {
  /** Notes which rows are used; `write` and `sweep` renew them, so that reading needs no transaction. */
  find(objects: readonly string[], now: number): ReadonlyMap<string, OwnerRow>;
  write(rows: readonly OwnerRow[]): void;
  /** Forgets some of the expired rows; whether there may be more. */
  sweep(now: number): boolean;
}

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
  const renew = database.prepare("UPDATE owner SET expires_at = max(expires_at, ?) WHERE object = ?");
  const forget = database.prepare(
    "DELETE FROM owner WHERE object IN (SELECT object FROM owner WHERE expires_at <= ? LIMIT ?)",
  );
  /** Object → new end. */
  const renewals = new Map<string, number>();
  const flush = (): void => {
    for (const [object, expiresAt] of renewals) renew.run(expiresAt, object);
    renewals.clear();
  };

  return {
    find: (objects, now) => {
      const found = new Map<string, OwnerRow>();
      for (const object of objects) {
        // The aliases are the fields of OwnerRow.
        const row = select.get(object) as unknown as OwnerRow | undefined;
        if (row === undefined) continue;
        found.set(object, row);
        if (row.expiresAt < now + RENEWAL_MS / 2 && renewals.size < MOST_RENEWALS) {
          renewals.set(object, now + RENEWAL_MS);
        }
      }
      return found;
    },
    write: (rows) => {
      flush();
      for (const row of rows) upsert.run(row.object, row.owner, row.node, row.expiresAt);
    },
    sweep: (now) => {
      flush();
      return forget.run(now, SWEEP).changes === SWEEP;
    },
  };
}
