import type { DatabaseSync } from "node:sqlite";

/** Epochs of holdings that have written something. */
export interface TenureRows {
  /** 0 when there was none. */
  epochOf(name: string): number;
  write(name: string, epoch: number): void;
}

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
