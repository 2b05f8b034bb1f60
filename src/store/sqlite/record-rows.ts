import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { AttemptResult, LeasedRecord } from "../outbox.ts";
import type { SizedRecord } from "../rows/admit-records.ts";
import { RecordSizes } from "../rows/record-sizes.ts";
import { FreshRecords, type StoredRecord } from "./fresh-records.ts";
import { prepareAll } from "./prepare-all.ts";
import { type RecordLease, RecordLeases } from "./record-leases.ts";

const INTO_DEAD =
  "INSERT OR REPLACE INTO dead_record (id, sink, attempts, created_at, buried_at, error, body)";
const OF_SINK = "FROM record WHERE sink = ?1 AND seq NOT IN (SELECT value FROM json_each(?2))";

const SQL = {
  insert: `INSERT OR IGNORE INTO record (id, sink, due_at, created_at, expires_at, body) VALUES (?, ?, ?, ?, ?, ?)`,
  scan: "SELECT seq, due_at FROM record WHERE sink = ? AND seq > ? ORDER BY seq",
  select: "SELECT id, attempts + 1 AS attempt, body, created_at, expires_at FROM record WHERE seq = ?",
  drop: "DELETE FROM record WHERE seq BETWEEN ? AND ?",
  wait: "UPDATE record SET attempts = ?1, due_at = ?2, error = iif(?3 = '', error, ?3) WHERE seq = ?4",
  bury: `${INTO_DEAD} SELECT id, sink, ?, created_at, ?, ?, body FROM record WHERE seq = ?`,
  expire: `${INTO_DEAD}
    SELECT id, sink, attempts, created_at, ?, rtrim('expired: ' || error, ': '), body FROM record WHERE seq = ?`,
  buryAll: `${INTO_DEAD} SELECT id, sink, attempts, created_at, ?3, ?4, body ${OF_SINK}`,
  dropAll: `DELETE ${OF_SINK}`,
  dropOldest: `DELETE FROM record WHERE seq IN (SELECT seq ${OF_SINK} ORDER BY seq LIMIT ?3)`,
  bytes: "SELECT sink, sum(octet_length(body)) AS bytes FROM record GROUP BY sink",
  bytesOf: "SELECT coalesce(sum(octet_length(body)), 0) AS bytes FROM record WHERE sink = ?",
} as const;

/** The records to lease. */
interface RecordQuery {
  readonly sink: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly limit: number;
}

/** Rows that one `dropOldest` drops. */
const DROPPED_AT_ONCE = 20;

/** The rows of records in the outbox. Leases stay in memory and delivered records are deleted, so a record is cheap. */
export class RecordRows {
  readonly #sql: Readonly<Record<keyof typeof SQL, StatementSync>>;
  readonly #leases = new RecordLeases();
  readonly #fresh = new FreshRecords();
  /** Of all rows. */
  readonly sizes: RecordSizes;

  constructor(database: DatabaseSync) {
    this.#sql = prepareAll(database, SQL);
    this.sizes = new RecordSizes(
      this.#sql.bytes.all().map((row) => [String(row["sink"]), Number(row["bytes"])]),
    );
    this.#sql.scan.setReturnArrays(true);
  }

  /**
   * Adds records. Those of one sink get numbers in a row, so that they can end together. The caller calls `recordStored`
   * when that is committed.
   *
   * @returns Those that are new: a commit may be repeated.
   */
  add(records: readonly SizedRecord[]): readonly StoredRecord[] {
    const bySink = Map.groupBy(records, ({ record }) => record.sink);
    return [...bySink.values()].flat().flatMap(({ record, bytes }): readonly StoredRecord[] => {
      const { id, sink, createdAt, expiresAt, body } = record;
      if (this.#leases.hasEnded(id)) return [];
      const { changes, lastInsertRowid } = this.#sql.insert.run(
        id,
        sink,
        createdAt,
        createdAt,
        expiresAt ?? null,
        body,
      );
      return changes > 0 ? [{ seq: Number(lastInsertRowid), record, bytes }] : [];
    });
  }

  /** Records of `add` are committed. */
  recordStored(added: readonly StoredRecord[]): void {
    for (const stored of added) {
      const { sink } = stored.record;
      this.sizes.add(sink, stored.bytes);
      // A lease may have found it in the file already.
      if (stored.seq > this.#leases.cursor(sink)) this.#fresh.add(stored);
    }
  }

  /** Leases the oldest records of the sink that are due. @param now Epoch milliseconds. */
  lease(query: RecordQuery): readonly LeasedRecord[] {
    const waiting = this.#fresh.of(query.sink);
    return waiting === undefined ? this.#leaseRows(query) : this.#leaseFresh(waiting, query);
  }

  #leaseFresh(waiting: readonly StoredRecord[], { sink, now, limit }: RecordQuery): readonly LeasedRecord[] {
    const notDue = waiting.findIndex(({ record }) => record.createdAt > now);
    const taken = this.#fresh.take(sink, Math.min(limit, notDue < 0 ? Infinity : notDue));
    return taken.map(({ seq, record, bytes }) => {
      const { id, body, createdAt, expiresAt } = record;
      this.#leases.lease(id, { seq, sink, attempt: 1, bytes });
      this.#leases.moveCursor(sink, seq);
      return { id, sink, body, attempt: 1, createdAt, expiresAt };
    });
  }

  #leaseRows({ sink, now, limit }: RecordQuery): readonly LeasedRecord[] {
    const records: LeasedRecord[] = [];
    let isRest = false;
    for (const { seq, dueAt } of this.#unleased(sink)) {
      isRest ||= dueAt > now || records.length === limit;
      if (records.length === limit) break;
      const row = dueAt <= now ? this.#sql.select.get(seq) : undefined;
      if (row === undefined) continue;
      const id = String(row["id"]);
      const body = String(row["body"]);
      const attempt = Number(row["attempt"]);
      this.#leases.lease(id, { seq, sink, attempt, bytes: Buffer.byteLength(body) });
      records.push({
        id,
        sink,
        body,
        attempt,
        createdAt: Number(row["created_at"]),
        expiresAt: row["expires_at"] === null ? undefined : Number(row["expires_at"]),
      });
    }
    if (!isRest) this.#fresh.begin(sink);
    return records;
  }

  /** Whether the holder of this sink has leased the record. */
  isLeased(id: string, sink: string): boolean {
    return this.#leases.get(id)?.sink === sink;
  }

  /** Whether the record of this row is being sent. */
  isSending(seq: number): boolean {
    return this.#leases.has(seq);
  }

  /** Writes the results of attempts of leased records. The caller calls `release` for each when that is committed. */
  settle(results: readonly AttemptResult[]): void {
    const ended = results.flatMap((result) => {
      const lease = this.#leases.get(result.id);
      return lease !== undefined && this.#write(result, lease) ? [lease.seq] : [];
    });
    for (const [first, last] of runsOf(ended)) this.#sql.drop.run(first, last);
  }

  /** @returns Whether the row is to go. */
  #write(result: AttemptResult, { seq, attempt }: RecordLease): boolean {
    const { at } = result;
    switch (result.outcome) {
      case "retry": {
        const { started, dueAt, error } = result;
        this.#sql.wait.run(started ? attempt : attempt - 1, dueAt, error, seq);
        return false;
      }
      case "dead":
        this.#sql.bury.run(attempt, at, result.error, seq);
        return true;
      case "expired":
        this.#sql.expire.run(at, seq);
        return true;
      case "delivered":
        return true;
    }
  }

  /** Gives up the lease of a record whose result is committed. */
  release({ id, outcome }: AttemptResult, sink: string): void {
    if (!this.isLeased(id, sink)) return;
    if (outcome === "retry") {
      this.#fresh.forget(sink);
      return this.#leases.giveBack(id);
    }
    this.sizes.add(sink, -(this.#leases.get(id)?.bytes ?? 0));
    this.#leases.end(id);
  }

  /**
   * The time at which the next record is due.
   *
   * @param now Epoch milliseconds: the search ends at a record due by now.
   */
  nextDueAt(sink: string, now: number): number | undefined {
    const fresh = this.#fresh.of(sink);
    if (fresh !== undefined) return fresh[0]?.record.createdAt;
    let next: number | undefined;
    for (const { dueAt } of this.#unleased(sink)) {
      if (next === undefined || dueAt < next) next = dueAt;
      if (dueAt <= now) break;
    }
    return next;
  }

  /** Makes dead letters of the records of the sink that are not leased. @returns Their number. */
  bury(sink: string, now: number, error: string): number {
    const leased = JSON.stringify(this.#leases.seqsOf(sink));
    this.#sql.buryAll.run(sink, leased, now, error);
    return this.#dropped(sink, this.#sql.dropAll.run(sink, leased).changes);
  }

  /** Drops some of the oldest records of the sink that are not leased. @returns Their number. */
  dropOldest(sink: string): number {
    const leased = JSON.stringify(this.#leases.seqsOf(sink));
    return this.#dropped(sink, this.#sql.dropOldest.run(sink, leased, DROPPED_AT_ONCE).changes);
  }

  #dropped(sink: string, changes: number | bigint): number {
    if (changes > 0) this.recount(sink);
    return Number(changes);
  }

  /** Rows of the sink came or went beside `add` and `settle`: only the file knows them. */
  recount(sink: string): void {
    this.#fresh.forget(sink);
    this.#leases.resetCursor(sink);
    this.sizes.set(sink, Number(this.#sql.bytesOf.get(sink)?.["bytes"]));
  }

  /** Lets the records wait again that the holder of the sink before has leased. */
  voidLeases(sink: string): void {
    this.#fresh.forget(sink);
    this.#leases.endAll(sink);
  }

  /** Rows of the sink that are not leased, oldest first. Moves the cursor over leased ones. */
  *#unleased(sink: string): Generator<{ readonly seq: number; readonly dueAt: number }> {
    let isPrefix = true;
    for (const row of this.#sql.scan.iterate(sink, this.#leases.cursor(sink))) {
      // setReturnArrays: rows are [seq, due_at].
      const [seq, dueAt] = row as unknown as [number, number];
      if (!this.#leases.has(seq)) yield { seq, dueAt };
      isPrefix &&= this.#leases.has(seq);
      if (isPrefix) this.#leases.moveCursor(sink, seq);
    }
  }
}

/** The runs of numbers that follow each other, as first and last. */
function runsOf(numbers: readonly number[]): readonly (readonly [first: number, last: number])[] {
  const runs: [number, number][] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run !== undefined && number === run[1] + 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}
