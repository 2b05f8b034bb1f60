import type { DatabaseSync } from "node:sqlite";

import { prepareAll } from "./prepare-all.ts";

const SQL = {
  since: "SELECT since FROM kept WHERE what = ?",
  begin: "INSERT OR IGNORE INTO kept (what, since) VALUES (?, ?)",
  move: "UPDATE kept SET since = max(since, ?2) WHERE what = ?1",
  end: "DELETE FROM kept WHERE what = ?",
} as const;

/** A table of the past. */
export type Past = "ended" | "activity" | "decision";

/** From when on the tables of the past are whole, so that what is not in them did not happen. */
export interface KeptRows {
  /** Epoch milliseconds; undefined where nothing is kept, or nothing was yet. */
  since(past: Past): number | undefined;
  /** Rows are kept from now on, unless they are already. @param now Epoch milliseconds. */
  begin(past: Past, now: number): void;
  /** Rows were forgotten. @param times Theirs, epoch milliseconds. */
  forgot(past: Past, times: readonly number[]): void;
  /** Rows are not kept any more. */
  end(past: Past): void;
}

/** Prepares the begins of a file. */
export function createKeptRows(database: DatabaseSync): KeptRows {
  const sql = prepareAll(database, SQL);
  return {
    since: (past) => {
      const since = sql.since.get(past)?.["since"];
      return since === undefined ? undefined : Number(since);
    },
    begin: (past, now) => {
      sql.begin.run(past, now);
    },
    forgot: (past, times) => {
      // The next moment after the newest of them.
      const since = times.reduce((latest, time) => Math.max(latest, time + 1), 0);
      if (since > 0) sql.move.run(past, since);
    },
    end: (past) => {
      sql.end.run(past);
    },
  };
}
