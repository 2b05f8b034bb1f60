import type { Logger } from "../../lib/log.ts";
import { ACTIVITY_SWEEP, activityRows } from "./activity-rows.ts";
import { ENDED_SWEEP, endedRows } from "./ended-rows.ts";
import { OWNER_SWEEP, ownerRows } from "./owner-rows.ts";
import type { PostgresTenure } from "./postgres-tenure.ts";
import { SEEN_SWEEP, seenRows } from "./seen-rows.ts";
import { nameStatements, type Statement } from "./statement.ts";

const HOUR_MS = 3_600_000;

/** How long ended deliveries and dead letters are kept. Only lists and explanations need them. */
const KEEP_ENDED_MS = 24 * HOUR_MS;
const KEEP_DEAD_MS = 30 * 24 * HOUR_MS;

/** How long the history keeps alerts that never fired, at most. */
const KEEP_UNFIRED_MS = 7 * 24 * HOUR_MS;

/** Steps of one table in one `trim`, each a short transaction: enough for 100,000 seen rows. */
const MOST_STEPS = 50;

/** Rows that one sweep of deliveries and of dead letters looks at. */
const SWEEP = 500;

/** Most dead letters, of notifications and of records each. */
const MOST_DEAD = 10_000;

/** The rows that go: those before `$1`, and the oldest beyond the bound. */
const tooOld = (at: string, table: string, where: string): string =>
  `${where} AND ${at} <= greatest($1, coalesce(
     (SELECT ${at} FROM ${table} WHERE ${where} ORDER BY ${at} DESC LIMIT 1 OFFSET ${MOST_DEAD}), 0))
   ORDER BY ${at} LIMIT ${SWEEP} FOR UPDATE SKIP LOCKED`;

const SQL = nameStatements("trim", {
  begin: "INSERT INTO kept SELECT unnest(string_to_array($1, ' ')), $2 ON CONFLICT DO NOTHING",
  end: "DELETE FROM kept WHERE what IN ('ended', 'activity')",
  deliveries: `DELETE FROM delivery WHERE seq IN (
     SELECT seq FROM delivery WHERE ended_at < $1 AND ended_at IS NOT NULL AND noted AND NOT listed
      ORDER BY ended_at, seq LIMIT ${SWEEP} FOR UPDATE SKIP LOCKED)`,
  unlist: `UPDATE delivery SET listed = false WHERE seq IN (SELECT seq FROM delivery WHERE ${tooOld("ended_at", "delivery", "listed")})`,
  deadRecords: `DELETE FROM dead_record WHERE id IN (SELECT id FROM dead_record WHERE ${tooOld("buried_at", "dead_record", "true")})`,
});

/** The bounds of one `trim`. */
export interface TrimOptions {
  readonly partition: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** 0: no history at all. */
  readonly historyForMs: number;
  readonly log: Logger;
}

/** Forgets rows that have expired, or are old, in short transactions. Decisions go by days, and elsewhere. */
export async function trimRows(
  tenure: PostgresTenure,
  { partition, now, historyForMs, log }: TrimOptions,
): Promise<void> {
  const count = async (statement: Statement): Promise<number> =>
    (await tenure.write(async () => [statement]))[0]?.count ?? 0;
  const keepsHistory = historyForMs > 0;
  await tenure.write(async () => [
    SQL.begin(keepsHistory ? "decision ended activity" : "decision", now),
    ...(keepsHistory ? [] : [SQL.end()]),
  ]);
  const before = now - historyForMs;
  await trimHistory(tenure, before, Math.max(before, now - KEEP_UNFIRED_MS));
  await sweepSeen(tenure, partition, now);
  await repeat(async () => (await count(ownerRows.sweep(partition, now))) === OWNER_SWEEP);
  await repeat(async () => (await count(SQL.deliveries(now - KEEP_ENDED_MS))) === SWEEP);
  const dead =
    (await count(SQL.unlist(now - KEEP_DEAD_MS))) + (await count(SQL.deadRecords(now - KEEP_DEAD_MS)));
  if (dead > 0) log.warn("old dead letters are dropped", { count: dead });
}

async function trimHistory(tenure: PostgresTenure, before: number, unfiredBefore: number): Promise<void> {
  const [bound] = await tenure.read([endedRows.bound()]);
  // Rows at the bound itself stay.
  const oldest = Math.max(before, Number(bound?.rows[0]?.["ended_at"] ?? 0));
  for (const [statement, sweep] of [
    [endedRows.forgetUnfired(unfiredBefore), ENDED_SWEEP],
    [endedRows.forget(oldest), ENDED_SWEEP],
    [activityRows.forget(before), ACTIVITY_SWEEP],
  ] as const) {
    await repeat(async () => {
      const [answer] = await tenure.write(async () => [statement]);
      return Number(answer?.rows[0]?.["gone"] ?? answer?.count) === sweep;
    });
  }
}

/** Looks at all rows in the order of their keys: an index on their ends would move with every write. */
async function sweepSeen(tenure: PostgresTenure, partition: number, now: number): Promise<void> {
  let after = "";
  await repeat(async () => {
    const [answer] = await tenure.write(async () => [seenRows.sweep(partition, after, now)]);
    const { looked, last } = answer?.rows[0] ?? {};
    after = typeof last === "string" ? last : "";
    return Number(looked) === SEEN_SWEEP;
  });
}

/** Repeats a step while it finds more. */
async function repeat(step: () => Promise<boolean>): Promise<void> {
  for (let steps = 0; steps < MOST_STEPS && (await step()); steps++);
}
