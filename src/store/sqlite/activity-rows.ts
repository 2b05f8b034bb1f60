import type { DatabaseSync } from "node:sqlite";

import type { ActivityCount } from "../../alert/index.ts";
import type { ActivityQuery, ActivityRow } from "../queries.ts";
import type { KeptRows } from "./kept-rows.ts";
import { prepareAll } from "./prepare-all.ts";

/** Rows that one sweep forgets. */
const SWEEP = 5000;

/** Rows that are summed in one go: some milliseconds. */
const STRIDE = 5000;

/** Most rows, about 60 bytes each: two months of 60 rules that never rest. */
const MOST_ROWS = 200_000;

const SQL = {
  // A clock that went back begins a known bucket anew: the larger count is nearer to the truth.
  put: `INSERT INTO activity (bucket, rule, severity, p, opened, occurrences) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET opened = max(opened, excluded.opened), occurrences = max(occurrences, excluded.occurrences)`,
  newest: `SELECT bucket, rule, severity, opened, occurrences FROM activity
     WHERE p = ?1 AND bucket = (SELECT max(bucket) FROM activity WHERE p = ?1)`,
  sums: `SELECT rule, severity, CAST((bucket - ?1) / ?2 AS INTEGER) AS step, sum(opened) AS opened, sum(occurrences) AS occurrences
     FROM activity WHERE bucket >= ?3 AND bucket < ?4 GROUP BY 1, 2, 3`,
  edge: `SELECT bucket FROM activity WHERE bucket >= ? AND bucket < ? ORDER BY bucket LIMIT 1 OFFSET ${STRIDE}`,
  forget: `DELETE FROM activity WHERE (bucket, rule, severity, p) IN (
       SELECT bucket, rule, severity, p FROM activity WHERE bucket < ? ORDER BY bucket LIMIT ${SWEEP})
     RETURNING bucket`,
  count: "SELECT count(*) AS rows FROM activity",
} as const;

/** The counts of activity. */
export interface ActivityRows {
  write(partition: number, counts: readonly ActivityCount[]): void;
  /** The counts of the newest bucket of a partition. */
  newest(partition: number): readonly ActivityCount[];
  /** Sums of all partitions; pauses behind each stride. */
  list(query: ActivityQuery): Generator<void, readonly ActivityRow[]>;
  /** Forgets some buckets that began before `before`, and some beyond the bound. @returns Whether there may be more. */
  sweep(before: number): boolean;
}

/** Prepares the rows of activity of a file. @param kept Learns which are forgotten. */
export function createActivityRows(database: DatabaseSync, kept: Pick<KeptRows, "forgot">): ActivityRows {
  const sql = prepareAll(database, SQL);
  const forget = (before: number): number => {
    const times = sql.forget.all(before).map(({ bucket }) => Number(bucket));
    kept.forgot("activity", times);
    return times.length;
  };
  return {
    write: (partition, counts) => {
      for (const { bucket, rule, severity, opened, occurrences } of counts)
        sql.put.run(bucket, rule, severity, partition, opened, occurrences);
    },
    newest: (partition) =>
      sql.newest.all(partition).map((row) => ({
        bucket: Number(row["bucket"]),
        rule: String(row["rule"]),
        severity: severityOf(row),
        opened: Number(row["opened"]),
        occurrences: Number(row["occurrences"]),
      })),
    *list({ from, stepMs, steps }) {
      const rows = new Map<string, ActivityRow>();
      const end = from + stepMs * steps;
      for (let at = from; at < end;) {
        const edge = Number(sql.edge.get(at, end)?.["bucket"] ?? end);
        // A bucket is read whole, also one of more rows than a stride.
        const next = edge > at ? edge : at + 1;
        for (const row of sql.sums.all(from, stepMs, at, next)) add(rows, row, steps);
        at = next;
        if (at < end) yield;
      }
      return [...rows.values()];
    },
    sweep: (before) => {
      if (forget(before) === SWEEP) return true;
      const isFull = Number(sql.count.get()?.["rows"]) > MOST_ROWS;
      return isFull && forget(Number.MAX_SAFE_INTEGER) > 0;
    },
  };
}

function add(rows: Map<string, ActivityRow>, row: Readonly<Record<string, unknown>>, steps: number): void {
  const [rule, severity, step] = [String(row["rule"]), severityOf(row), Number(row["step"])];
  const key = `${severity}/${rule}`;
  const sums = rows.get(key) ?? { rule, severity, opened: none(steps), occurrences: none(steps) };
  sums.opened[step] = (sums.opened[step] ?? 0) + Number(row["opened"]);
  sums.occurrences[step] = (sums.occurrences[step] ?? 0) + Number(row["occurrences"]);
  rows.set(key, sums);
}

function none(steps: number): number[] {
  return Array.from({ length: steps }, () => 0);
}

function severityOf(row: Readonly<Record<string, unknown>>): ActivityCount["severity"] {
  // Written by `write` from the same type.
  return row["severity"] as ActivityCount["severity"];
}
