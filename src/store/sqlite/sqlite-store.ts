import type { Clock } from "../../lib/clock.ts";
import { errorText, TocsinError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { Store } from "../store.ts";
import { openConnection } from "./connection.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { createDecisions } from "./decisions.ts";
import { createDeliveryRows } from "./delivery-rows.ts";
import { createEngineRows } from "./engine-rows.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { createOwnerRows } from "./owner-rows.ts";
import { createQueueDepths } from "./queue-depths.ts";
import { createReceivers } from "./receivers.ts";
import { createRecordRows } from "./record-rows.ts";
import { createSeenRows } from "./seen-rows.ts";
import { createSettleDelivery } from "./settle-delivery.ts";

const HOUR_MS = 3_600_000;

/** How long what has ended can be looked up. Nothing but explanations depends on it. */
const KEEP_ENDED_MS = 24 * HOUR_MS;
const KEEP_DECISIONS_MS = 7 * 24 * HOUR_MS;
const KEEP_DEAD_MS = 30 * 24 * HOUR_MS;

/** From this share of `maxBytes` on, the history above is kept for an hour only. */
const TIGHT = 0.8;

/** Where the state lives and what the store may use. */
export interface SqliteStoreOptions {
  /** The file, or `:memory:`. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** `commit` refuses to go on above this many used bytes; undefined: no bound. Attempts can be settled always. */
  readonly maxBytes?: number | undefined;
}

/**
 * The store in one SQLite file (or in memory), which this process owns until `close` or its end.
 *
 * @throws {TocsinError} ERR_STORE when the file is in use, of a newer version, or cannot be opened.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, clock, log, maxBytes = Infinity } = options;
  const connection = openConnection(path);
  try {
    migrate(connection, path, MIGRATIONS);
    return createStore({ path, clock, log, maxBytes }, connection);
  } catch (cause) {
    connection.close();
    throw cause instanceof TocsinError ? cause : failed(path, cause);
  }
}

function createStore(
  { path, clock, log, maxBytes }: SqliteStoreOptions & { readonly maxBytes: number },
  connection: ReturnType<typeof openConnection>,
): Store {
  const { database } = connection;
  const seen = createSeenRows(database);
  const owners = createOwnerRows(database);
  const engine = createEngineRows(database);
  const decisions = createDecisions(database);
  const receivers = createReceivers(database, log);
  const deliveries = createDeliveryRows(database, receivers);
  const settleDelivery = createSettleDelivery(database, receivers);
  const records = createRecordRows(database);
  const deadLetters = createDeadLetters(database);
  const depths = createQueueDepths(database);
  deliveries.returnLeases();

  let writable = true;
  const read = async <Result>(work: () => Result): Promise<Result> => {
    try {
      return work();
    } catch (cause) {
      throw failed(path, cause);
    }
  };
  const write = async <Result>(work: () => Result): Promise<Result> => {
    try {
      const result = connection.transaction(work);
      writable = true;
      return result;
    } catch (cause) {
      writable = false;
      throw failed(path, cause);
    }
  };

  return {
    load: () => read(() => engine.load()),
    seen: (lineages) => read(() => seen.find(lineages)),
    owners: (objects) => read(() => owners.find(objects, clock.now())),
    commit: (changes) =>
      write(() => {
        const usedBytes = connection.usedBytes();
        if (usedBytes > maxBytes) {
          throw new Error(
            `full: ${usedBytes} of ${maxBytes} bytes are used (raise state.maxBytes, or mend the sinks)`,
          );
        }
        seen.write(changes.seen);
        owners.write(changes.owners);
        engine.write(changes);
        for (const delivery of changes.deliveries) deliveries.add(delivery);
        for (const record of changes.records) records.add(record);
        decisions.write(changes);
        deliveries.note(changes.notedOutcomes);
        for (const groupKey of changes.forgottenGroups) receivers.release(groupKey);
      }),
    leaseDeliveries: (query) => write(() => deliveries.lease(query)),
    leaseRecords: (query) => read(() => records.lease(query)),
    settle: async (settlements) => {
      await write(() => {
        for (const settlement of settlements) {
          if (records.isLeased(settlement.id)) records.settle(settlement);
          else settleDelivery(settlement);
        }
      });
      for (const settlement of settlements) records.release(settlement);
    },
    outcomes: (limit) => read(() => deliveries.outcomes(limit)),
    nextDueAt: (sink) =>
      read(() => {
        const delivery = deliveries.nextDueAt(sink);
        const record = records.nextDueAt(sink, clock.now());
        if (delivery === undefined || record === undefined) return delivery ?? record;
        return Math.min(delivery, record);
      }),
    depths: () => read(depths),
    deadLetters: (query) => read(() => deadLetters.list(query)),
    retryDead: (ids, now) => write(() => deadLetters.retry(ids, now)),
    dropDead: (ids) => write(() => deadLetters.drop(ids)),
    buryOrphans: (sinks, now) =>
      write(() => {
        const error = "its sink is not configured any more";
        return deliveries.buryOrphans(sinks, now, error) + records.buryOrphans(sinks, now, error);
      }),
    trim: async (now) => {
      const dropped = await write(() => {
        const isTight = connection.usedBytes() > maxBytes * TIGHT;
        const before = (keepMs: number): number => now - (isTight ? HOUR_MS : keepMs);
        seen.sweep(now);
        owners.sweep(now);
        decisions.sweep(before(KEEP_DECISIONS_MS));
        deliveries.sweep(before(KEEP_ENDED_MS));
        return deadLetters.sweep(now - KEEP_DEAD_MS);
      });
      if (dropped > 0) log.warn("old dead letters are dropped", { count: dropped });
    },
    isWritable: () => writable,
    close: async () => connection.close(),
  };
}

function failed(path: string, cause: unknown): TocsinError {
  return new TocsinError("ERR_STORE", `state file ${path}: ${errorText(cause)}`, { cause });
}
