import type { DatabaseSync } from "node:sqlite";

import type { Logger } from "../../lib/log.ts";
import { fromStoredJson, toStoredJson } from "./stored-json.ts";

const MOST_BYTES = 4096;

/** What sinks remember of groups, for as long as the group lives or something waits for it. */
export interface Receivers {
  recall(sink: string, groupKey: string): unknown;
  /** Keeps the new memory; what is undefined or too large leaves the old one. */
  remember(sink: string, groupKey: string, value: unknown): void;
  /** Forgets memory of this group that nothing needs any more. */
  release(groupKey: string): void;
}

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
  return {
    recall: (sink, groupKey) => fromStoredJson(select.get(sink, groupKey)?.["value"]),
    remember: (sink, groupKey, value) => {
      if (value === undefined) return;
      const text = toStoredJson(value, MOST_BYTES);
      if (text === undefined) log.warn("memory of a sink is too large and not kept", { sink, groupKey });
      else put.run(sink, groupKey, text);
    },
    release: (groupKey) => {
      release.run(groupKey);
    },
  };
}
