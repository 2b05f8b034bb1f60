import { DeliveryError } from "../egress/index.ts";
import { type RecordOutcome } from "../sink/index.ts";
import type { LeasedRecord, AttemptResult } from "../store/index.ts";
import type { WorkerDeps } from "./notification-worker.ts";
import { resultOfFailure } from "./result-of-failure.ts";
import { sleepUntil, UNTIL_WOKEN, type Work } from "./work-loop.ts";

/** Records that one lease takes at least, also when each is written alone. */
const LEASE_AT_ONCE = 64;

const QUEUE_FULL_MS = 1000;

/** Of a record about which a sink says nothing. */
const UNSAID = DeliveryError.transient("unknown", "the sink did not say what became of the record");

/** Writes the records of one sink, in batches, oldest first. */
export class RecordWorker implements Work {
  readonly #deps: WorkerDeps;
  readonly #running = new Set<Promise<void>>();
  /** Leased records whose write has not begun. */
  #taken: LeasedRecord[] = [];

  constructor(parts: WorkerDeps) {
    this.#deps = parts;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Gives back the records whose write has not begun, and resolves when no write runs. */
  async idle(): Promise<void> {
    this.#giveBack();
    await Promise.all(this.#running);
  }

  async fill(): Promise<number> {
    const { channel, queue, clock } = this.#deps;
    if (!queue.hasRoom) return QUEUE_FULL_MS;
    const room = channel.roomForRecords(this.#running.size);
    if (room === 0) {
      if (channel.isClosed) this.#giveBack();
      return channel.waitMs() || UNTIL_WOKEN;
    }
    const hasMore = await this.#lease(room);
    if (this.#beginAll(room)) return 0;
    const [oldest] = this.#taken;
    if (oldest !== undefined) {
      const waitedMs = clock.now() - oldest.createdAt;
      return Math.max(1, channel.common.batch.waitMs - waitedMs);
    }
    return hasMore ? 0 : sleepUntil(await queue.outbox.nextDueAt(channel.closed()), clock);
  }

  /** Leases records for the free writes. @returns Whether the store may have more. */
  async #lease(room: number): Promise<boolean> {
    const { channel, queue } = this.#deps;
    const missing =
      Math.min(room, channel.common.concurrency) * channel.common.batch.size - this.#taken.length;
    if (missing <= 0) return true;
    const limit = Math.max(missing, LEASE_AT_ONCE);
    const { records } = await queue.lease("record", limit);
    this.#taken.push(...records);
    return records.length === limit;
  }

  /** Begins to write full batches, and one that has waited long enough. @returns Whether a write has begun. */
  #beginAll(room: number): boolean {
    const { channel, clock } = this.#deps;
    const { size, waitMs } = channel.common.batch;
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
    const now = this.#deps.clock.now();
    const isExpired = ({ expiresAt }: LeasedRecord): boolean => expiresAt !== undefined && expiresAt <= now;
    for (const { id } of batch.filter(isExpired)) this.#settle({ id, outcome: "expired", at: now });
    const records = batch.filter((record) => !isExpired(record));
    if (records.length === 0) return;
    const running = this.#write(records).finally(() => {
      this.#running.delete(running);
      this.#deps.onEnded();
    });
    this.#running.add(running);
  }

  async #write(records: readonly LeasedRecord[]): Promise<void> {
    const { channel, clock } = this.#deps;
    const run = (signal: AbortSignal): Promise<readonly RecordOutcome[]> => this.#writeOnce(records, signal);
    const { destinationOfRecords: destination } = channel;
    const result = await channel.attempt({ destination, run, isOneContent: false });
    if (result.ok) {
      this.#concludeEach(records, result.value);
      return;
    }
    if (result.error.class === "poison" && records.length > 1) {
      // Some receivers refuse a whole batch for one bad record. Writing the halves finds it.
      const half = Math.ceil(records.length / 2);
      await this.#write(records.slice(0, half));
      await this.#write(records.slice(half));
      return;
    }
    const random = channel.random();
    for (const record of records) {
      const settlement = this.#fail(record, result.error, random);
      // All records of the sink wait, to keep the order.
      if (settlement.outcome === "retry" && settlement.dueAt > clock.now())
        channel.pauseUntil(settlement.dueAt);
    }
  }

  async #writeOnce(records: readonly LeasedRecord[], signal: AbortSignal): Promise<readonly RecordOutcome[]> {
    const { sink } = this.#deps.channel;
    if (sink.write === undefined) {
      throw DeliveryError.poison("misconfigured", "this type of sink takes no records");
    }
    return sink.write(records, signal);
  }

  /** Settles the records of a write that was answered. A failure that several of them share counts once. */
  #concludeEach(records: readonly LeasedRecord[], outcomes: readonly RecordOutcome[]): void {
    const { channel, clock } = this.#deps;
    const random = channel.random();
    const counted = new Set<DeliveryError>();
    for (const [index, record] of records.entries()) {
      const outcome = outcomes[index] ?? { ok: false, error: UNSAID };
      if (outcome.ok) {
        this.#settle({ id: record.id, outcome: "delivered", at: clock.now() });
        continue;
      }
      const { error } = outcome;
      if (!counted.has(error)) channel.fail(channel.destinationOfRecords, error);
      counted.add(error);
      this.#fail(record, error, random);
    }
  }

  #fail(record: LeasedRecord, error: DeliveryError, random: number): AttemptResult {
    const { channel, clock, log } = this.#deps;
    const errorText = channel.errorText(error);
    const settlement = resultOfFailure({ ...record, error, errorText, now: clock.now(), random });
    if (settlement.outcome === "dead")
      log.warn("record is a dead letter", { sink: channel.name, id: record.id, error: errorText });
    this.#settle(settlement);
    return settlement;
  }

  #giveBack(): void {
    const at = this.#deps.clock.now();
    for (const { id } of this.#taken)
      this.#settle({ id, outcome: "retry", at, dueAt: at, started: false, error: "" });
    this.#taken = [];
  }

  #settle(settlement: AttemptResult): void {
    this.#deps.queue.add({ sink: this.#deps.channel.name, kind: "record", settlement });
  }
}
