import type { DatabaseSync } from "node:sqlite";

import type { Logger } from "../../lib/log.ts";
import { fromStoredJson, toStoredJson } from "../rows/stored-json.ts";

const MOST_BYTES = 4096;

/** The receiver data of sinks about groups. It stays while the group exists, or a delivery of it waits. */
export interface Receivers {
  recall(sink: string, groupKey: string): unknown;
  /** Keeps new data; an undefined or too large value leaves the old data. */
  remember(sink: string, groupKey: string, value: unknown): void;
  /** Counts the groups of which the data has this `thread`. */
  groupsIn(sink: string, thread: string): number;
  /** Forgets the data of a group that no longer exists, for sinks without waiting deliveries of it. */
  release(groupKey: string): void;
}

/** Prepares the receiver data of a file. @param log Warns of data that is too large. */
export function createReceivers(database: DatabaseSync, log: Logger): Receivers {
  const select = database.prepare("SELECT value FROM receiver WHERE sink = ? AND group_key = ?");
  const put = database.prepare("INSERT OR REPLACE INTO receiver VALUES (?, ?, ?)");
  const release = database.prepare(
    `DELETE FROM receiver WHERE group_key = ?1 AND sink IN (
       SELECT r.sink FROM receiver r WHERE r.group_key = ?1
         AND NOT EXISTS (SELECT 1 FROM entity WHERE kind = 'group' AND key = ?1)
         AND NOT EXISTS (SELECT 1 FROM delivery d
                          WHERE d.sink = r.sink AND d.group_key = ?1 AND d.ended_at IS NULL))`,
  );
  // In the words of the index `receiver_thread`.
  const inThread = database.prepare(
    `SELECT count(*) AS groups FROM receiver
      WHERE sink = ? AND iif(json_valid(value), value ->> 'thread', NULL) = ?`,
  );
  return {
    recall: (sink, groupKey) => fromStoredJson(select.get(sink, groupKey)?.["value"]),
    remember: (sink, groupKey, value) => {
      if (value === undefined) return;
      const text = toStoredJson(value, MOST_BYTES);
      if (text === undefined) log.warn("memory of a sink is too large and not kept", { sink, groupKey });
      else put.run(sink, groupKey, text);
    },
    groupsIn: (sink, thread) => Number(inThread.get(sink, thread)?.["groups"]),
    release: (groupKey) => {
      release.run(groupKey);
    },
  };
}
