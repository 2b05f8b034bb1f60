import type { DatabaseSync } from "node:sqlite";

/** The epochs of holdings that have written to the file. */
export interface TenureRows {
  /** The last epoch of this name; 0 for none. */
  epochOf(name: string): number;
  write(name: string, epoch: number): void;
}

/** Prepares the rows of epochs of a file. */
export function createTenureRows(database: DatabaseSync): TenureRows {
  const select = database.prepare("SELECT epoch FROM holding WHERE name = ?");
  const put = database.prepare("INSERT OR REPLACE INTO holding VALUES (?, ?)");
  return {
    epochOf: (name) => Number(select.get(name)?.["epoch"] ?? 0),
    write: (name, epoch) => {
      put.run(name, epoch);
    },
  };
}
