import type { DatabaseSync } from "node:sqlite";

import type { NewRecord } from "../../alert/index.ts";
import type { LeasedRecord, LeaseQuery, Settlement } from "../store.ts";

/**
 * At least this many ids of ended records are remembered, and at most twice as many. A commit is only ever repeated right after it seemed to fail, in the same
 * process; over restarts the seen row, stored in the same transaction, keeps the same record from being made again.
 */
const REMEMBERED = 10_000;

interface Lease {
  readonly seq: number;
  readonly sink: string;
  readonly attempt: number;
  readonly until: number;
}

/**
 * The outbox of records. They come by the thousand, so a lease is not written: this process is the only one, and at its
 * end every lease is void anyway. A delivered record is deleted.
 */
export interface RecordRows {
  add(record: NewRecord): void;
  lease(query: LeaseQuery): readonly LeasedRecord[];
  isLeased(id: string): boolean;
  /** Writes how the attempt of a leased record ended; `release` it when that is committed. */
  settle(settlement: Settlement): void;
  /** Gives up the lease of a record whose settlement is committed. */
  release(settlement: Settlement): void;
  nextDueAt(sink: string, now: number): number | undefined;
  /** Makes dead letters of what waits for sinks not in the list; answers how many. */
  buryOrphans(sinks: readonly string[], now: number, error: string): number;
}

export function createRecordRows(database: DatabaseSync): RecordRows {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO record (id, sink, due_at, created_at, expires_at, body) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const scan = database.prepare("SELECT seq, due_at FROM record WHERE sink = ? AND seq > ? ORDER BY seq");
  scan.setReturnArrays(true);
  const select = database.prepare(
    `SELECT id, attempts + 1 AS attempt, body, created_at, expires_at FROM record WHERE seq = ?`,
  );
  const drop = database.prepare("DELETE FROM record WHERE seq = ?");
  const wait = database.prepare(
    "UPDATE record SET attempts = ?1, due_at = ?2, error = iif(?3 = '', error, ?3) WHERE seq = ?4",
  );
  const count = database.prepare("UPDATE record SET attempts = ? WHERE seq = ?");
  const bury = database.prepare(
    `INSERT OR REPLACE INTO dead_record (id, sink, attempts, created_at, buried_at, error, body)
     SELECT id, sink, attempts, created_at, ?, ?, body FROM record WHERE seq = ?`,
  );
  const expire = database.prepare(
    `INSERT OR REPLACE INTO dead_record (id, sink, attempts, created_at, buried_at, error, body)
     SELECT id, sink, attempts, created_at, ?, rtrim('expired: ' || error, ': '), body FROM record WHERE seq = ?`,
  );
  const orphans = `FROM record WHERE sink NOT IN (SELECT value FROM json_each(?1))
                                 AND seq NOT IN (SELECT value FROM json_each(?2))`;
  const buryOrphans = database.prepare(
    `INSERT OR REPLACE INTO dead_record (id, sink, attempts, created_at, buried_at, error, body)
     SELECT id, sink, attempts, created_at, ?3, ?4, body ${orphans}`,
  );
  const dropOrphans = database.prepare(`DELETE ${orphans}`);

  const leases = new Map<string, Lease>();
  const leasedSeqs = new Set<number>();
  /** Sink → seq up to which everything is leased or gone, so that a scan need not start at the beginning. */
  const cursors = new Map<string, number>();
  let ended = new Set<string>();
  let endedBefore: ReadonlySet<string> = ended;

  const forgetLease = (id: string, lease: Lease): void => {
    leases.delete(id);
    leasedSeqs.delete(lease.seq);
  };
  const giveBack = (id: string, lease: Lease): void => {
    forgetLease(id, lease);
    cursors.set(lease.sink, Math.min(cursors.get(lease.sink) ?? 0, lease.seq - 1));
  };
  const remember = (id: string): void => {
    if (ended.size >= REMEMBERED) [endedBefore, ended] = [ended, new Set()];
    ended.add(id);
  };
  /** Leases are taken in the order of time, so those that ran out come first; the clock's jumps only delay this. */
  const returnRunOut = (now: number): void => {
    for (const [id, lease] of leases) {
      if (lease.until > now) return;
      giveBack(id, lease);
    }
  };
  /** Rows of the sink that nobody has leased, oldest first; moves the cursor over those that are. */
  function* unleased(sink: string): Generator<{ readonly seq: number; readonly dueAt: number }> {
    let isPrefix = true;
    for (const row of scan.iterate(sink, cursors.get(sink) ?? 0)) {
      // setReturnArrays: rows are [seq, due_at].
      const [seq, dueAt] = row as unknown as [number, number];
      if (!leasedSeqs.has(seq)) yield { seq, dueAt };
      isPrefix &&= leasedSeqs.has(seq);
      if (isPrefix) cursors.set(sink, seq);
    }
  }
  const dueSeqs = (sink: string, now: number, limit: number, take: (seq: number) => void): void => {
    let taken = 0;
    for (const { seq, dueAt } of unleased(sink)) {
      if (dueAt > now) continue;
      take(seq);
      taken += 1;
      if (taken === limit) return;
    }
  };

  return {
    add: (record) => {
      if (ended.has(record.id) || endedBefore.has(record.id)) return;
      const { id, sink, createdAt, expiresAt, body } = record;
      insert.run(id, sink, createdAt, createdAt, expiresAt ?? null, body);
    },
    lease: ({ sink, now, limit, leaseMs }) => {
      returnRunOut(now);
      const records: LeasedRecord[] = [];
      dueSeqs(sink, now, limit, (seq) => {
        const row = select.get(seq);
        if (row === undefined) return;
        const id = String(row["id"]);
        const attempt = Number(row["attempt"]);
        leases.set(id, { seq, sink, attempt, until: now + leaseMs });
        leasedSeqs.add(seq);
        records.push({
          id,
          sink,
          body: String(row["body"]),
          attempt,
          createdAt: Number(row["created_at"]),
          expiresAt: row["expires_at"] === null ? undefined : Number(row["expires_at"]),
        });
      });
      return records;
    },
    isLeased: (id) => leases.has(id),
    settle: (settlement) => {
      const lease = leases.get(settlement.id);
      if (lease === undefined) return;
      const { seq, attempt } = lease;
      switch (settlement.outcome) {
        case "retry":
          wait.run(settlement.started ? attempt : attempt - 1, settlement.dueAt, settlement.error, seq);
          return;
        case "dead":
          count.run(attempt, seq);
          bury.run(settlement.at, settlement.error, seq);
          break;
        case "expired":
          expire.run(settlement.at, seq);
          break;
        case "delivered":
          break;
      }
      drop.run(seq);
    },
    release: ({ id, outcome }) => {
      const lease = leases.get(id);
      if (lease === undefined) return;
      if (outcome === "retry") {
        giveBack(id, lease);
        return;
      }
      forgetLease(id, lease);
      remember(id);
    },
    nextDueAt: (sink, now) => {
      let next: number | undefined;
      for (const { dueAt } of unleased(sink)) {
        if (next === undefined || dueAt < next) next = dueAt;
        if (dueAt <= now) break;
      }
      return next;
    },
    buryOrphans: (sinks, now, error) => {
      const names = JSON.stringify(sinks);
      const leased = JSON.stringify([...leasedSeqs]);
      buryOrphans.run(names, leased, now, error);
      return Number(dropOrphans.run(names, leased).changes);
    },
  };
}
