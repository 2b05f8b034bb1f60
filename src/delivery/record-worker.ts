import { DeliveryError, type RecordOutcome } from "../sink/index.ts";
import type { LeasedRecord, Settlement } from "../store/index.ts";
import type { WorkerParts } from "./notification-worker.ts";
import { settleFailure } from "./settlement.ts";
import { sleepUntil, UNTIL_WOKEN, type Work } from "./work-loop.ts";

/** Records are taken from the store this many at a time at least, also when each is written alone. */
const LEASE_AT_ONCE = 64;

const SETTLER_FULL_MS = 1000;

/** Writes the records of one sink, in batches, oldest first. */
export class RecordWorker implements Work {
  readonly #parts: WorkerParts;
  readonly #running = new Set<Promise<void>>();
  /** Leased, not yet being written. */
  #taken: LeasedRecord[] = [];

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Gives back what was not begun, and resolves when no write runs. */
  async idle(): Promise<void> {
    this.#giveBack();
    await Promise.all(this.#running);
  }

  async fill(): Promise<number> {
    const { lane, settler, store, clock } = this.#parts;
    if (!settler.hasRoom) return SETTLER_FULL_MS;
    const room = lane.room(this.#running.size);
    if (room === 0) {
      if (lane.isClosed) this.#giveBack();
      return lane.waitMs() || UNTIL_WOKEN;
    }
    const hasMore = await this.#take(room);
    if (this.#beginAll(room)) return 0;
    const [oldest] = this.#taken;
    if (oldest !== undefined) {
      const waitedMs = clock.now() - oldest.createdAt;
      return Math.max(1, lane.common.batch.waitMs - waitedMs);
    }
    return hasMore ? 0 : sleepUntil(await store.nextDueAt(lane.name), clock);
  }

  /** Leases what the room is for; answers whether there may be more. */
  async #take(room: number): Promise<boolean> {
    const { lane, store, clock } = this.#parts;
    const missing = Math.min(room, lane.common.concurrency) * lane.common.batch.size - this.#taken.length;
    if (missing <= 0) return true;
    const limit = Math.max(missing, LEASE_AT_ONCE);
    const leased = await store.leaseRecords({ sink: lane.name, now: clock.now(), limit });
    this.#taken.push(...leased);
    return leased.length === limit;
  }

  /** Begins full batches, and one that has waited long enough; answers whether any was begun. */
  #beginAll(room: number): boolean {
    const { lane, clock } = this.#parts;
    const { size, waitMs } = lane.common.batch;
    let begun = 0;
    let used = 0;
    while (begun < room && used < this.#taken.length) {
      const batch = this.#taken.slice(used, used + size);
      const [oldest] = batch;
      const isRipe = oldest !== undefined && clock.now() - oldest.createdAt >= waitMs;
      if (batch.length < size && !isRipe) break;
      used += batch.length;
      begun += 1;
      this.#begin(batch);
    }
    this.#taken = this.#taken.slice(used);
    return begun > 0;
  }

  #begin(batch: readonly LeasedRecord[]): void {
    const now = this.#parts.clock.now();
    const isExpired = ({ expiresAt }: LeasedRecord): boolean => expiresAt !== undefined && expiresAt <= now;
    for (const { id } of batch.filter(isExpired)) this.#settle({ id, outcome: "expired", at: now });
    const records = batch.filter((record) => !isExpired(record));
    if (records.length === 0) return;
    const running = this.#write(records).finally(() => {
      this.#running.delete(running);
      this.#parts.onEnded();
    });
    this.#running.add(running);
  }

  async #write(records: readonly LeasedRecord[]): Promise<void> {
    const { lane, clock } = this.#parts;
    const result = await lane.attempt((signal) => this.#writeOnce(records, signal), false);
    if (result.ok) {
      for (const [index, record] of records.entries()) this.#conclude(record, result.value[index]);
      return;
    }
    if (result.error.class === "poison" && records.length > 1) {
      // Some receivers refuse a batch for one bad record: the halves show which.
      const half = Math.ceil(records.length / 2);
      await this.#write(records.slice(0, half));
      await this.#write(records.slice(half));
      return;
    }
    const random = lane.random();
    for (const record of records) {
      const settlement = this.#fail(record, result.error, random);
      // The others wait as well, to keep the order.
      if (settlement.outcome === "retry" && settlement.dueAt > clock.now()) lane.pauseUntil(settlement.dueAt);
    }
  }

  async #writeOnce(records: readonly LeasedRecord[], signal: AbortSignal): Promise<readonly RecordOutcome[]> {
    const { sink } = this.#parts.lane;
    if (sink.write === undefined) {
      throw new DeliveryError("this type of sink takes no records", {
        failure: "misconfigured",
        class: "poison",
      });
    }
    return sink.write(records, signal);
  }

  #conclude(record: LeasedRecord, outcome: RecordOutcome | undefined): void {
    const { lane, clock } = this.#parts;
    if (outcome?.ok === true) {
      this.#settle({ id: record.id, outcome: "delivered", at: clock.now() });
      return;
    }
    const error =
      outcome?.error ??
      new DeliveryError("the sink did not say what became of the record", {
        failure: "unknown",
        class: "transient",
      });
    lane.fail(error);
    this.#fail(record, error, lane.random());
  }

  #fail(record: LeasedRecord, error: DeliveryError, random: number): Settlement {
    const { lane, clock, log } = this.#parts;
    const errorText = lane.errorText(error);
    const settlement = settleFailure({ ...record, error, errorText, now: clock.now(), random });
    if (settlement.outcome === "dead")
      log.warn("record is a dead letter", { sink: lane.name, id: record.id, error: errorText });
    this.#settle(settlement);
    return settlement;
  }

  #giveBack(): void {
    const at = this.#parts.clock.now();
    for (const { id } of this.#taken)
      this.#settle({ id, outcome: "retry", at, dueAt: at, started: false, error: "" });
    this.#taken = [];
  }

  #settle(settlement: Settlement): void {
    this.#parts.settler.add({ sink: this.#parts.lane.name, kind: "record", settlement });
  }
}
