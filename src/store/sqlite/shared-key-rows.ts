import type { DatabaseSync } from "node:sqlite";

/** The keys that all processes of a bridge share. */
export interface SharedKeyRows {
  /** The key of this name; undefined where there is none yet. */
  find(name: string): Uint8Array | undefined;
  /** Keeps a key, unless there is one of this name. */
  add(name: string, key: Uint8Array): void;
}

/** Prepares the rows of shared keys of a file. */
export function createSharedKeyRows(database: DatabaseSync): SharedKeyRows {
  const select = database.prepare("SELECT value FROM shared_key WHERE name = ?");
  const insert = database.prepare("INSERT OR IGNORE INTO shared_key VALUES (?, ?)");
  return {
    find: (name) => {
      const value = select.get(name)?.["value"];
      return value instanceof Uint8Array ? value : undefined;
    },
    add: (name, key) => {
      insert.run(name, key);
    },
  };
}
