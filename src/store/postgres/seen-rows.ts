import type { SeenRow } from "../../event/index.ts";
import { seenKeyOf } from "../rows/seen-key.ts";
import { defineColumns } from "./columns.ts";
import type { Row } from "./session.ts";
import { nameStatements, type Statement } from "./statement.ts";

/** Rows that one sweep looks at. */
export const SEEN_SWEEP = 2000;

const ROWS = defineColumns<SeenRow>(2, {
  key: ["text", ({ lineage }) => toKey(lineage)],
  uid: ["text", (row) => row.uid],
  resource_version: ["text", (row) => row.resourceVersion],
  count: ["bigint", (row) => row.count],
  first_seen_at: ["bigint", (row) => row.firstSeenAt],
  last_seen_at: ["bigint", (row) => row.lastSeenAt],
  expires_at: ["bigint", (row) => row.expiresAt],
});
const KEYS = defineColumns<string>(2, { key: ["text", toKey] });

const SQL = nameStatements("seen", {
  find: `SELECT seen.* FROM ${KEYS.from} AS sent JOIN seen ON seen.p = $1 AND seen.key = sent.key`,
  write: `INSERT INTO seen SELECT $1::integer, * FROM ${ROWS.from} AS sent
     ON CONFLICT (p, key) DO UPDATE SET
       uid = excluded.uid, resource_version = excluded.resource_version, count = excluded.count,
       first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at, expires_at = excluded.expires_at`,
  // By a range of keys, so that the rows are found by the index whatever the server believes of their number.
  sweep: `WITH looked AS (SELECT key FROM seen WHERE p = $1 AND key > $2 ORDER BY key LIMIT ${SEEN_SWEEP}),
       gone AS (DELETE FROM seen
         WHERE p = $1 AND key > $2 AND key <= (SELECT max(key) FROM looked) AND expires_at <= $3)
     SELECT count(*) AS looked, max(key) AS last FROM looked`,
});

/** The statements about seen rows: the last known state of each Event that an alert or a rule awaits. */
export const seenRows = {
  find: (partition: number, lineages: readonly string[]): Statement =>
    SQL.find(partition, ...KEYS.of(lineages)),
  /** None without rows. */
  write: (partition: number, rows: readonly SeenRow[]): readonly Statement[] =>
    rows.length === 0 ? [] : [SQL.write(partition, ...ROWS.of(lastOfEach(rows)))],
  /** Forgets what has expired among the next rows. @param after The last key that was looked at; "" at first. */
  sweep: (partition: number, after: string, now: number): Statement => SQL.sweep(partition, after, now),
  fromRow: (row: Row): SeenRow => ({
    lineage: fromKey(String(row["key"])),
    uid: String(row["uid"]),
    resourceVersion: String(row["resource_version"]),
    count: Number(row["count"]),
    firstSeenAt: Number(row["first_seen_at"]),
    lastSeenAt: Number(row["last_seen_at"]),
    expiresAt: Number(row["expires_at"]),
  }),
};

/** One statement may write a row once only. In the order of the keys, as rows are written everywhere. */
function lastOfEach(rows: readonly SeenRow[]): readonly SeenRow[] {
  return [...new Map(rows.map((row) => [row.lineage, row])).values()];
}

/** The end of the lineage has no dot, so it is known where it ends. */
function toKey(lineage: string): string {
  return seenKeyOf(lineage).join(".");
}

function fromKey(key: string): string {
  const end = key.indexOf(".");
  return key.slice(end + 1) + key.slice(0, end);
}
