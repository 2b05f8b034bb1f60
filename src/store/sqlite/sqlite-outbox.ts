import type { NotifiedAlert } from "../../alert/index.ts";
import type {
  AttemptResult,
  FallenBack,
  Leased,
  LeaseQuery,
  Outbox,
  OverdueDelivery,
  OverdueQuery,
} from "../outbox.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import type { Tenure } from "./tenures.ts";

/** The queue of one sink, in the file. */
export class SqliteOutbox implements Outbox {
  readonly #file: SqliteFile;
  readonly #sink: string;
  readonly #tenure: Tenure;
  readonly #epoch: number;
  /** Whether the file has the epoch of this holding, and leases of earlier holders are void in it. */
  #hasTakenOver = false;

  constructor(file: SqliteFile, sink: string, tenure: Tenure) {
    this.#file = file;
    this.#sink = sink;
    this.#tenure = tenure;
    this.#epoch = Number(tenure.epoch);
    file.tables.records.voidLeases(sink);
  }

  /** Voids the leases of earlier holders: now, or with the first write that the file takes. */
  async takeOver(): Promise<void> {
    await this.#write(() => undefined).catch(() => undefined);
  }

  async exchange(results: readonly AttemptResult[], lease: LeaseQuery): Promise<Leased> {
    const { records } = this.#file.tables;
    const isDue = lease.deliveries > 0 && this.#read(() => this.#mayLease(lease));
    const deliveries = results.length > 0 || isDue ? await this.#settleAndLease(results, lease) : [];
    for (const result of results) records.release(result, this.#sink);
    this.#tenure.assertHeld();
    // Leases of records are in memory, end with the holding, and need no transaction.
    const query = { sink: this.#sink, now: lease.now, limit: lease.records };
    return { deliveries, records: lease.records > 0 ? this.#file.read(() => records.lease(query)) : [] };
  }

  async nextDueAt(closed: readonly string[] = []): Promise<number | undefined> {
    const { tables, clock } = this.#file;
    return this.#read(() => {
      const delivery = tables.deliveries.nextDueAt(this.#sink, closed);
      const record = tables.records.nextDueAt(this.#sink, clock.now());
      if (delivery === undefined || record === undefined) return delivery ?? record;
      return Math.min(delivery, record);
    });
  }

  async groupsIn(thread: string): Promise<number> {
    return this.#read(() => this.#file.tables.receivers.groupsIn(this.#sink, thread));
  }

  async overdue(query: OverdueQuery): Promise<readonly OverdueDelivery[]> {
    return this.#read(() => this.#file.tables.fallbacks.overdue(this.#sink, query));
  }

  async fallBack(rows: readonly FallenBack[]): Promise<void> {
    await this.#write(() => this.#file.tables.fallbacks.fallBack(this.#sink, rows));
    const targets = new Set(rows.flatMap(({ copy }) => copy?.sink ?? []));
    for (const sink of targets) this.#file.bell.ring(`sink/${sink}`);
  }

  async toldEnds(query: {
    readonly since: number;
    readonly limit: number;
  }): Promise<readonly NotifiedAlert[]> {
    return this.#read(() => this.#file.tables.deliveries.toldEnds(this.#sink, query));
  }

  async buryOrphans(now: number): Promise<number> {
    const { deliveries, records } = this.#file.tables;
    const error = "its sink is not configured any more";
    const buried = await this.#write(() => ({
      partitions: deliveries.bury(this.#sink, now, error),
      records: records.bury(this.#sink, now, error),
    }));
    this.#ringOutcomes(buried.partitions);
    return buried.partitions.length + buried.records;
  }

  /** Whether a transaction may lease a row. Asking costs one read; an empty transaction would cost a write. */
  #mayLease({ now, closed = [] }: LeaseQuery): boolean {
    if (!this.#hasTakenOver) return true;
    const dueAt = this.#file.tables.deliveries.nextDueAt(this.#sink, closed);
    return dueAt !== undefined && dueAt <= now;
  }

  async #settleAndLease(results: readonly AttemptResult[], query: LeaseQuery): Promise<Leased["deliveries"]> {
    const { records, deliveries } = this.#file.tables;
    const lease = { sink: this.#sink, epoch: this.#epoch };
    const isOfRecord = ({ id }: AttemptResult): boolean => records.isLeased(id, this.#sink);
    const ofRecords = results.filter(isOfRecord);
    const others = results.filter((result) => !isOfRecord(result));
    const work = () => {
      records.settle(ofRecords);
      return {
        ended: others.flatMap((result) => deliveries.settle(result, lease) ?? []),
        leased: query.deliveries > 0 ? deliveries.lease(lease, query) : [],
      };
    };
    const { ended, leased } = await this.#write(work, this.#isPatient(results, query) ? "later" : "soon");
    this.#ringOutcomes(ended);
    return leased;
  }

  /** Nobody waits for the end of delivered records: it needs no transaction of its own while others come. */
  #isPatient(results: readonly AttemptResult[], { deliveries }: LeaseQuery): boolean {
    const { records } = this.#file.tables;
    const isPatient = ({ id, outcome }: AttemptResult): boolean =>
      outcome === "delivered" && records.isLeased(id, this.#sink);
    return deliveries === 0 && results.every(isPatient);
  }

  #ringOutcomes(partitions: readonly (number | undefined)[]): void {
    for (const partition of new Set(partitions)) {
      if (partition !== undefined) this.#file.bell.ring(`outcomes/${partition}`);
    }
  }

  #read<Result>(work: () => Result): Result {
    this.#tenure.assertHeld();
    return this.#file.read(work);
  }

  async #write<Result>(work: () => Result, due: "soon" | "later" = "soon"): Promise<Result> {
    const result = await this.#file.write(() => {
      this.#tenure.assertHeld();
      if (!this.#hasTakenOver) this.#voidOlderLeases();
      return work();
    }, due);
    this.#hasTakenOver = true;
    return result;
  }

  #voidOlderLeases(): void {
    const { tenures, deliveries } = this.#file.tables;
    tenures.write(this.#tenure.name, this.#epoch);
    deliveries.returnLeases(this.#sink, this.#epoch);
  }
}
