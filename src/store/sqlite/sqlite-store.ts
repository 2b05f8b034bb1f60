import { setImmediate } from "node:timers/promises";

import type { Changes, DeliveryOutcome, OwnerRow, StoredEntity } from "../../alert/index.ts";
import type { SeenRow } from "../../event/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { errorText, TocsinError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type {
  DeadLetterQuery,
  DecisionCount,
  DecisionQuery,
  DecisionRow,
  DeliveryQuery,
  DeliveryRow,
  Page,
} from "../queries.ts";
import type {
  DeadLetter,
  LeasedDelivery,
  LeasedRecord,
  LeaseQuery,
  LoadedState,
  OverdueDelivery,
  OverdueQuery,
  QueueDepth,
  AttemptResult,
  Store,
} from "../store.ts";
import type { Connection } from "./connection.ts";
import { createDeadLetters, type DeadLetters } from "./dead-letters.ts";
import { createDecisions, type Decisions } from "./decisions.ts";
import { createDeliveryList } from "./delivery-list.ts";
import { DeliveryRows } from "./delivery-rows.ts";
import { createEntityRows, type EntityRows } from "./entity-rows.ts";
import { FallbackRows } from "./fallback-rows.ts";
import { createOwnerRows, type OwnerRows } from "./owner-rows.ts";
import { createPositionRows, type PositionRows } from "./position-rows.ts";
import { createQueueDepths } from "./queue-depths.ts";
import { createReceivers, type Receivers } from "./receivers.ts";
import { RecordRows } from "./record-rows.ts";
import { createSeenRows, type SeenRows } from "./seen-rows.ts";
import { endSession } from "./session.ts";
import { createSettleDelivery, type SettleDelivery } from "./settle-delivery.ts";
import { storageFault } from "./sqlite-error.ts";
import { openStateFile, type StateFileOptions } from "./state-file.ts";

const HOUR_MS = 3_600_000;

/** How long what has ended can be looked up. Nothing but explanations depends on it. */
const KEEP_ENDED_MS = 24 * HOUR_MS;
const KEEP_DECISIONS_MS = 7 * 24 * HOUR_MS;
const KEEP_DEAD_MS = 30 * 24 * HOUR_MS;

/** From this share of `maxBytes` on, ended deliveries and decisions are kept for a shorter time. */
const TIGHT = 0.8;
const KEEP_WHEN_TIGHT_MS = HOUR_MS;

/** Steps of one `trim`, each a short transaction: 100,000 seen rows are looked at. */
const MOST_STEPS = 50;

/** Where the state lives (a file, or `:memory:`), and what the store may use. */
export interface SqliteStoreOptions extends StateFileOptions {
  /** `commit` refuses to go on above this many used bytes; undefined: no bound. Attempts can be settled always. */
  readonly maxBytes?: number | undefined;
}

/**
 * The store in one SQLite file (or in memory), which this process owns until `close` or its end. A damaged file is
 * moved aside, reported, and the store is empty.
 *
 * @throws {TocsinError} ERR_STORE when the file is in use, of a newer version, or cannot be opened.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  return createSqliteStore(options, openStateFile(options));
}

/** The store over a file that is open and of this version; it closes it. */
export function createSqliteStore(options: SqliteStoreOptions, connection: Connection): Store {
  try {
    return new SqliteStore(options, connection);
  } catch (cause) {
    connection.abandon();
    throw failed(options.path, cause);
  }
}

/** Each method is one read or one transaction; what fails comes out as ERR_STORE. */
class SqliteStore implements Store {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #maxBytes: number;
  readonly #connection: Connection;
  readonly #seen: SeenRows;
  readonly #owners: OwnerRows;
  readonly #positions: PositionRows;
  readonly #entities: EntityRows;
  readonly #decisions: Decisions;
  readonly #receivers: Receivers;
  readonly #deliveries: DeliveryRows;
  readonly #settleDelivery: SettleDelivery;
  readonly #fallbacks: FallbackRows;
  readonly #records: RecordRows;
  readonly #deadLetters: DeadLetters;
  readonly #depths: () => readonly QueueDepth[];
  readonly #deliveryList: (query: DeliveryQuery) => Page<DeliveryRow>;
  #writable = true;
  /** Whether those of the process before are void. */
  #leasesReturned = false;

  constructor({ path, clock, log, maxBytes = Infinity }: SqliteStoreOptions, connection: Connection) {
    const { database } = connection;
    this.#path = path;
    this.#clock = clock;
    this.#log = log;
    this.#maxBytes = maxBytes;
    this.#connection = connection;
    this.#seen = createSeenRows(database);
    this.#owners = createOwnerRows(database);
    this.#positions = createPositionRows(database);
    this.#entities = createEntityRows(database);
    this.#decisions = createDecisions(database);
    this.#receivers = createReceivers(database, log);
    this.#deliveries = new DeliveryRows(database, this.#receivers);
    this.#settleDelivery = createSettleDelivery(database, this.#receivers);
    this.#fallbacks = new FallbackRows(database, this.#deliveries);
    this.#records = new RecordRows(database);
    this.#deadLetters = createDeadLetters(database);
    this.#depths = createQueueDepths(database);
    this.#deliveryList = createDeliveryList(database, (seq) => this.#records.isSending(seq));
    this.#returnLeases();
  }

  async load(): Promise<LoadedState> {
    const positions = this.#read(() => this.#positions.all());
    const entities: StoredEntity[] = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const last: number = after;
      const rows = this.#read(() => this.#entities.page(last));
      for (const { seq: _seq, ...entity } of rows) entities.push(entity);
      after = rows.at(-1)?.seq;
      await setImmediate();
    }
    return { positions, entities };
  }

  async seen(lineages: readonly string[]): Promise<ReadonlyMap<string, SeenRow>> {
    return this.#read(() => this.#seen.find(lineages));
  }

  async owners(objects: readonly string[]): Promise<ReadonlyMap<string, OwnerRow>> {
    return this.#read(() => this.#owners.find(objects, this.#clock.now()));
  }

  async commit(changes: Changes): Promise<void> {
    if (this.#isOverfull()) await this.#makeRoom();
    this.#write(() => {
      this.#refuseWhenFull();
      this.#seen.write(changes.seen);
      this.#owners.write(changes.owners);
      this.#positions.write(changes.positions);
      this.#entities.write(changes.entities);
      for (const delivery of changes.deliveries) {
        this.#deliveries.add(delivery);
        this.#fallbacks.recordEnd(delivery);
      }
      for (const record of changes.records) this.#records.add(record);
      this.#decisions.write(changes);
      this.#deliveries.markAdopted(changes.notedOutcomes);
      for (const { kind, key } of changes.entities.forget) {
        if (kind !== "group") continue;
        this.#receivers.release(key);
        this.#fallbacks.forget(key);
      }
    });
  }

  async leaseDeliveries(query: LeaseQuery): Promise<readonly LeasedDelivery[]> {
    const leased = this.#write(() => {
      if (!this.#leasesReturned) this.#deliveries.returnLeases();
      return this.#deliveries.lease(query);
    });
    this.#leasesReturned = true;
    return leased;
  }

  async leaseRecords(query: LeaseQuery): Promise<readonly LeasedRecord[]> {
    return this.#read(() => this.#records.lease(query));
  }

  async settle(settlements: readonly AttemptResult[]): Promise<void> {
    this.#write(() => {
      for (const settlement of settlements) {
        if (this.#records.isLeased(settlement.id)) this.#records.settle(settlement);
        else this.#settleDelivery(settlement);
      }
    });
    for (const settlement of settlements) this.#records.release(settlement);
  }

  async overdue(query: OverdueQuery): Promise<readonly OverdueDelivery[]> {
    return this.#read(() => this.#fallbacks.overdue(query));
  }

  async fallBack(rows: Parameters<Store["fallBack"]>[0]): Promise<void> {
    this.#write(() => this.#fallbacks.fallBack(rows));
  }

  async outcomes(limit: number): Promise<readonly DeliveryOutcome[]> {
    return this.#read(() => this.#deliveries.outcomes(limit));
  }

  async nextDueAt(sink: string): Promise<number | undefined> {
    return this.#read(() => {
      const delivery = this.#deliveries.nextDueAt(sink);
      const record = this.#records.nextDueAt(sink, this.#clock.now());
      if (delivery === undefined || record === undefined) return delivery ?? record;
      return Math.min(delivery, record);
    });
  }

  async depths(): Promise<readonly QueueDepth[]> {
    return this.#read(this.#depths);
  }

  async deliveries(query: DeliveryQuery): Promise<Page<DeliveryRow>> {
    return this.#read(() => this.#deliveryList(query));
  }

  async decisions(query: DecisionQuery): Promise<Page<DecisionRow>> {
    return this.#read(() => this.#decisions.list(query));
  }

  async decisionCounts(since: number): Promise<readonly DecisionCount[]> {
    return this.#read(() => this.#decisions.counts(since));
  }

  async usedBytes(): Promise<number> {
    return this.#read(() => this.#connection.usedBytes());
  }

  async deadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    return this.#read(() => this.#deadLetters.list(query));
  }

  async retryDead(ids: readonly string[], now: number): Promise<number> {
    return this.#write(() => this.#deadLetters.retry(ids, now));
  }

  async dropDead(ids: readonly string[]): Promise<number> {
    return this.#write(() => this.#deadLetters.drop(ids));
  }

  async buryOrphans(sinks: readonly string[], now: number): Promise<number> {
    const error = "its sink is not configured any more";
    return this.#write(
      () => this.#deliveries.buryOrphans(sinks, now, error) + this.#records.buryOrphans(sinks, now, error),
    );
  }

  async trim(now: number): Promise<void> {
    const isTight = this.#connection.usedBytes() > this.#maxBytes * TIGHT;
    for (let step = 0; step < MOST_STEPS; step++) {
      const hasMore = this.#write(() => this.#sweep(now, isTight));
      if (!hasMore) break;
      // Others come in between.
      await setImmediate();
    }
    const dropped = this.#write(() => this.#deadLetters.sweep(now - KEEP_DEAD_MS));
    if (dropped > 0) this.#log.warn("old dead letters are dropped", { count: dropped });
  }

  isWritable(): boolean {
    return this.#writable;
  }

  async close(): Promise<void> {
    try {
      endSession(this.#connection, this.#clock.now());
    } catch (error) {
      this.#log.warn("the state file takes no writes at the end", { error: errorText(error) });
    }
    this.#connection.close();
  }

  /** On a full disk that has to wait for the first lease of this life. */
  #returnLeases(): void {
    try {
      this.#deliveries.returnLeases();
      this.#leasesReturned = true;
    } catch (error) {
      if (storageFault(error) !== "full") throw error;
    }
  }

  #sweep(now: number, isTight: boolean): boolean {
    const before = (keepMs: number): number => now - (isTight ? KEEP_WHEN_TIGHT_MS : keepMs);
    const more = [
      this.#seen.sweep(now),
      this.#owners.sweep(now),
      this.#decisions.sweep(before(KEEP_DECISIONS_MS)),
      this.#deliveries.sweep(before(KEEP_ENDED_MS)),
    ];
    return more.includes(true);
  }

  #isOverfull(): boolean {
    return this.#connection.usedBytes() > this.#maxBytes;
  }

  /** Forgets what only explains the past, until there is room or nothing of it is left. */
  async #makeRoom(): Promise<void> {
    const now = this.#clock.now();
    for (let step = 0; step < MOST_STEPS && this.#isOverfull(); step++) {
      const more = this.#write(() => [
        this.#decisions.sweep(now + 1),
        this.#deliveries.squeeze(now),
        this.#seen.sweep(now),
        this.#owners.sweep(now),
      ]);
      if (!more.includes(true)) break;
      await setImmediate();
    }
  }

  #refuseWhenFull(): void {
    if (!this.#isOverfull()) return;
    const used = this.#connection.usedBytes();
    throw new Error(
      `full: ${used} of ${this.#maxBytes} bytes are used (raise state.maxBytes, or mend the sinks)`,
    );
  }

  #read<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof TocsinError) throw cause;
      throw failed(this.#path, cause);
    }
  }

  #write<Result>(work: () => Result): Result {
    try {
      const result = this.#connection.transaction(work);
      this.#writable = true;
      return result;
    } catch (cause) {
      this.#writable = false;
      throw failed(this.#path, cause);
    }
  }
}

function failed(path: string, cause: unknown): TocsinError {
  return new TocsinError("ERR_STORE", `state file ${path}: ${errorText(cause)}`, { cause });
}
