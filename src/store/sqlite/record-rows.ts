import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { NewRecord } from "../../alert/index.ts";
import type { AttemptResult, LeasedRecord } from "../outbox.ts";
import { prepareAll } from "./prepare-all.ts";
import { RecordLeases } from "./record-leases.ts";
import { RecordSizes } from "./record-sizes.ts";

const INTO_DEAD =
  "INSERT OR REPLACE INTO dead_record (id, sink, attempts, created_at, buried_at, error, body)";
const OF_SINK = "FROM record WHERE sink = ?1 AND seq NOT IN (SELECT value FROM json_each(?2))";

const SQL = {
  insert: `INSERT OR IGNORE INTO record (id, sink, due_at, created_at, expires_at, body) VALUES (?, ?, ?, ?, ?, ?)`,
  scan: "SELECT seq, due_at FROM record WHERE sink = ? AND seq > ? ORDER BY seq",
  select: "SELECT id, attempts + 1 AS attempt, body, created_at, expires_at FROM record WHERE seq = ?",
  drop: "DELETE FROM record WHERE seq = ?",
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

/** Rows that one `dropOldest` drops. */
const DROPPED_AT_ONCE = 20;

/** The rows of records in the outbox. Leases stay in memory and delivered records are deleted, so a record is cheap. */
export class RecordRows {
  readonly #sql: Readonly<Record<keyof typeof SQL, StatementSync>>;
  readonly #leases = new RecordLeases();
  /** Of all rows; the engine store adds new ones when they are stored. */
  readonly sizes: RecordSizes;

  constructor(database: DatabaseSync) {
    this.#sql = prepareAll(database, SQL);
    this.sizes = new RecordSizes(
      this.#sql.bytes.all().map((row) => [String(row["sink"]), Number(row["bytes"])]),
    );
    this.#sql.scan.setReturnArrays(true);
  }

  /** @returns Whether it is new: a commit may be repeated. */
  add({ id, sink, createdAt, expiresAt, body }: NewRecord): boolean {
    if (this.#leases.hasEnded(id)) return false;
    return this.#sql.insert.run(id, sink, createdAt, createdAt, expiresAt ?? null, body).changes > 0;
  }

  lease({
    sink,
    now,
    limit,
  }: {
    readonly sink: string;
    /** Epoch milliseconds. */
    readonly now: number;
    readonly limit: number;
  }): readonly LeasedRecord[] {
    const records: LeasedRecord[] = [];
    for (const { seq, dueAt } of this.#unleased(sink)) {
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
      if (records.length === limit) break;
    }
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

  /** Writes the result of an attempt of a leased record. The caller calls `release` when that is committed. */
  settle(settlement: AttemptResult): void {
    const lease = this.#leases.get(settlement.id);
    if (lease === undefined) return;
    const { seq, attempt } = lease;
    const { at } = settlement;
    switch (settlement.outcome) {
      case "retry": {
        const { started, dueAt, error } = settlement;
        this.#sql.wait.run(started ? attempt : attempt - 1, dueAt, error, seq);
        return;
      }
      case "dead":
        this.#sql.bury.run(attempt, at, settlement.error, seq);
        break;
      case "expired":
        this.#sql.expire.run(at, seq);
        break;
      case "delivered":
        break;
    }
    this.#sql.drop.run(seq);
  }

  /** Gives up the lease of a record whose result is committed. */
  release({ id, outcome }: AttemptResult, sink: string): void {
    if (!this.isLeased(id, sink)) return;
    if (outcome === "retry") return this.#leases.giveBack(id);
    this.sizes.add(sink, -(this.#leases.get(id)?.bytes ?? 0));
    this.#leases.end(id);
  }

  /**
   * The time at which the next record is due.
   *
   * @param now Epoch milliseconds: the search ends at a record due by now.
   */
  nextDueAt(sink: string, now: number): number | undefined {
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

  /** Takes the size of the sink's records from the file. */
  recount(sink: string): void {
    this.sizes.set(sink, Number(this.#sql.bytesOf.get(sink)?.["bytes"]));
  }

  /** Lets the records wait again that the holder of the sink before has leased. */
  voidLeases(sink: string): void {
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
