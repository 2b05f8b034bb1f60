import type { DatabaseSync } from "node:sqlite";

import { TocsinError } from "../../lib/errors.ts";
import type { Command } from "../commands.ts";

/** Most waiting commands. People do not give so many while an engine works. */
const MOST_WAITING = 1000;

/** The waiting commands: one row for each partition that has not done the command yet. */
export interface CommandRows {
  put(command: Command, partitions: readonly number[], now: number): void;
  isPending(id: string): boolean;
  /** In the order in which they were put, without damaged rows. */
  of(partition: number, limit: number): readonly Command[];
  markDone(partition: number, ids: readonly string[]): void;
}

/** Prepares the rows of commands of a file. */
export function createCommandRows(database: DatabaseSync): CommandRows {
  const count = database.prepare("SELECT count(DISTINCT id) AS waiting FROM command");
  const insert = database.prepare("INSERT OR IGNORE INTO command (p, id, body, at) VALUES (?, ?, ?, ?)");
  const pending = database.prepare("SELECT 1 FROM command WHERE id = ?");
  const select = database.prepare(
    "SELECT body FROM command WHERE p = ? AND json_valid(body) ORDER BY seq LIMIT ?",
  );
  const drop = database.prepare("DELETE FROM command WHERE p = ? AND id = ?");
  return {
    put: (command, partitions, now) => {
      if (Number(count.get()?.["waiting"]) >= MOST_WAITING) {
        throw new TocsinError("ERR_STORE", `${MOST_WAITING} commands wait already`);
      }
      for (const partition of partitions) insert.run(partition, command.id, JSON.stringify(command), now);
    },
    isPending: (id) => pending.get(id) !== undefined,
    // Written by `put` from the same type.
    of: (partition, limit) =>
      select.all(partition, limit).map((row) => JSON.parse(String(row["body"])) as Command),
    markDone: (partition, ids) => {
      for (const id of ids) drop.run(partition, id);
    },
  };
}
