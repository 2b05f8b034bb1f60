import type { ActivityCount } from "../../alert/index.ts";
import { defineColumns } from "./columns.ts";
import type { Row } from "./session.ts";
import { nameStatements, type Statement } from "./statement.ts";

/** Rows that one sweep forgets. */
export const ACTIVITY_SWEEP = 5000;

const ROWS = defineColumns<ActivityCount>(2, {
  bucket: ["bigint", (row) => row.bucket],
  rule: ["text", (row) => row.rule],
  severity: ["text", (row) => row.severity],
  opened: ["bigint", (row) => row.opened],
  occurrences: ["bigint", (row) => row.occurrences],
});

const SQL = nameStatements("activity", {
  // A clock that went back begins a known bucket anew: the larger count is nearer to the truth.
  write: `INSERT INTO activity (p, bucket, rule, severity, opened, occurrences) SELECT $1::integer, * FROM ${ROWS.from} AS sent
     ON CONFLICT (bucket, rule, severity, p) DO UPDATE SET
       opened = greatest(activity.opened, excluded.opened),
       occurrences = greatest(activity.occurrences, excluded.occurrences)`,
  newest: `SELECT bucket, rule, severity, opened, occurrences FROM activity
     WHERE p = $1 AND bucket = (SELECT max(bucket) FROM activity WHERE p = $1)`,
  forget: `WITH gone AS (
       DELETE FROM activity WHERE (bucket, rule, severity, p) IN (
         SELECT bucket, rule, severity, p FROM activity WHERE bucket < $1 ORDER BY bucket LIMIT ${ACTIVITY_SWEEP}
         FOR UPDATE SKIP LOCKED)
       RETURNING bucket),
     moved AS (UPDATE kept SET since = greatest(since, newest + 1)
       FROM (SELECT max(bucket) AS newest FROM gone) AS last WHERE what = 'activity' AND newest IS NOT NULL)
     SELECT count(*) AS gone FROM gone`,
});

/** The statements about the counts of activity. */
export const activityRows = {
  write: (partition: number, counts: readonly ActivityCount[]): readonly Statement[] =>
    counts.length === 0 ? [] : [SQL.write(partition, ...ROWS.of(counts))],
  /** The counts of the newest bucket. */
  newest: (partition: number): Statement => SQL.newest(partition),
  /** Forgets some buckets that began before. Answers the number of rows, `gone`. */
  forget: (before: number): Statement => SQL.forget(before),
  fromRow: (row: Row): ActivityCount => ({
    bucket: Number(row["bucket"]),
    rule: String(row["rule"]),
    // Written from the same type.
    severity: row["severity"] as ActivityCount["severity"],
    opened: Number(row["opened"]),
    occurrences: Number(row["occurrences"]),
  }),
};
