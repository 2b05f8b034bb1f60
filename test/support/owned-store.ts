import { type Changes, NO_CHANGES } from "../../src/alert/index.ts";
import {
  type AttemptResult,
  type EngineStore,
  type LeasedDelivery,
  type LeasedRecord,
  NO_LEASE,
  openSqliteStore,
  type Outbox,
  type Queries,
  type StoreHost,
} from "../../src/store/index.ts";

/** The sink and the number of rows to lease; by default `ops` and a hundred. */
export interface LeaseOptions {
  readonly sink?: string;
  readonly limit?: number;
  /** Of deliveries: destinations that are left out. */
  readonly closed?: readonly string[];
}

/** A store with its first partition and the sinks that are asked for held: by two owners, which may be the same. */
export class OwnedStore {
  readonly engine: EngineStore;
  readonly #engineHost: StoreHost;
  readonly #sinkHost: StoreHost;
  readonly #outboxes = new Map<string, Promise<Outbox>>();

  /** Opens a file, or `:memory:`. */
  static async open(options: Parameters<typeof openSqliteStore>[0]): Promise<OwnedStore> {
    return OwnedStore.of(await openSqliteStore(options));
  }

  /** Holds the engine by one host; sinks will be held by the other. */
  static async of(engineHost: StoreHost, sinkHost = engineHost): Promise<OwnedStore> {
    const { store } = await engineHost.hold("engine/0", new AbortController().signal);
    return new OwnedStore(store, engineHost, sinkHost);
  }

  private constructor(engine: EngineStore, engineHost: StoreHost, sinkHost: StoreHost) {
    this.engine = engine;
    this.#engineHost = engineHost;
    this.#sinkHost = sinkHost;
  }

  /** That of the engine. */
  get host(): StoreHost {
    return this.#engineHost;
  }

  get queries(): Queries {
    return this.#engineHost.queries;
  }

  async commit(changes: Partial<Changes>): Promise<void> {
    await this.engine.commit({ ...NO_CHANGES, ...changes });
  }

  /** The queue of a sink, held from the first call on. */
  outbox(sink = "ops"): Promise<Outbox> {
    const held =
      this.#outboxes.get(sink) ??
      this.#sinkHost.hold(`sink/${sink}`, new AbortController().signal).then(({ outbox }) => outbox);
    this.#outboxes.set(sink, held);
    return held;
  }

  async lease(now = 1000, options: LeaseOptions = {}): Promise<readonly LeasedDelivery[]> {
    const { sink, limit = 100, closed = [] } = options;
    const outbox = await this.outbox(sink);
    return (await outbox.exchange([], { now, deliveries: limit, records: 0, closed })).deliveries;
  }

  async leaseRecords(now = 1000, { sink, limit = 100 }: LeaseOptions = {}): Promise<readonly LeasedRecord[]> {
    const outbox = await this.outbox(sink);
    return (await outbox.exchange([], { now, deliveries: 0, records: limit })).records;
  }

  async settle(results: readonly AttemptResult[], sink?: string): Promise<void> {
    const outbox = await this.outbox(sink);
    await outbox.exchange(results, NO_LEASE);
  }

  /** `id outcome` of each that the engine has not noted. */
  async outcomes(): Promise<string[]> {
    return (await this.engine.outcomes(2000)).map((row) => `${row.id} ${row.outcome}`);
  }

  async close(): Promise<void> {
    await Promise.all([...new Set([this.#engineHost, this.#sinkHost])].map((host) => host.close()));
  }
}
