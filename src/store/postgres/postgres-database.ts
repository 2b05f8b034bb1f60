import type { Clock } from "../../lib/clock.ts";
import { TocsinError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { type Bell, createBell } from "../bell.ts";
import { type PostgresPlace, toClientConfig } from "./connection-settings.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { PostgresHoldings } from "./postgres-holdings.ts";
import { SessionPool } from "./session-pool.ts";
import { Session } from "./session.ts";

/** Where the state is, and the bounds of the store. */
export interface PostgresStoreOptions extends Omit<PostgresPlace, "application"> {
  /** The schema; several installations may share a database. At most 63 bytes. */
  readonly schema: string;
  /** How long a holding outlasts the last sign of its holder; 5 s by default. */
  readonly leaseMs?: number | undefined;
  /** The name of this replica, for people. */
  readonly holder: string;
  /** Where other replicas reach this one; undefined for nowhere. */
  readonly address?: string | undefined;
  /** Records that wait may take three quarters of it, and those of one sink half; undefined for no bound. */
  readonly maxBytes?: number | undefined;
  /** How long ended alerts are kept; 30 days by default, 0 for not at all. */
  readonly historyForMs?: number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

const LEASE_MS = 5000;
const HISTORY_FOR_MS = 30 * 86_400_000;

/** The database of a bridge, as one process uses it: its connections, and the holders of its parts. */
export class PostgresDatabase {
  readonly clock: Clock;
  readonly log: Logger;
  readonly maxBytes: number;
  readonly historyForMs: number;
  /** For all that belongs to no holding. */
  readonly pool: SessionPool;
  readonly holdings: PostgresHoldings;
  readonly bell: Bell = createBell();

  /**
   * Opens it, and brings its schema to the newest version.
   *
   * @throws {TocsinError} ERR_STORE, with what is to be done.
   */
  static async open(options: PostgresStoreOptions): Promise<PostgresDatabase> {
    const database = new PostgresDatabase(options);
    try {
      await migrate(database.pool, options.schema, MIGRATIONS);
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  private constructor({ schema, holder, address = "", ...options }: PostgresStoreOptions) {
    if (schema === "" || Buffer.byteLength(schema) > 63) {
      throw new TocsinError("ERR_STORE", "state.schema has 1 to 63 bytes");
    }
    const { clock, log, historyForMs = HISTORY_FOR_MS, leaseMs = LEASE_MS } = options;
    this.clock = clock;
    this.log = log;
    this.maxBytes = options.maxBytes ?? Infinity;
    this.historyForMs = historyForMs;
    const config = toClientConfig({ ...options, application: `tocsin ${holder}` });
    this.pool = new SessionPool(config, schema);
    const openSession = (): Session => new Session(config, schema);
    this.holdings = new PostgresHoldings(this.pool, { holder, address, leaseMs, clock, openSession });
  }

  /** Closes the connections that belong to no holding. */
  async close(): Promise<void> {
    await this.pool.close();
  }
}
