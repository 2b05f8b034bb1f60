import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";

import type { Clock } from "../../lib/clock.ts";
import { PostgresTenure } from "./postgres-tenure.ts";
import type { SessionPool } from "./session-pool.ts";
import type { Session } from "./session.ts";
import { nameStatements } from "./statement.ts";

/** How holdings are taken. */
export interface HoldingOptions {
  /** For people: the name of the Pod, say. */
  readonly holder: string;
  /** Where other replicas reach this one; "" for nowhere. */
  readonly address: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Opens a connection for one holding. */
  readonly openSession: () => Session;
}

/** How often a holding is asked for that another replica has, milliseconds. */
const ASK_EVERY_MS = 250;

const SQL = nameStatements("holdings", {
  // Ended long ago, so that the next statement may take it.
  create: `INSERT INTO holding VALUES ($1, 0, 0, '', '', 0, '-infinity') ON CONFLICT DO NOTHING`,
  take: `UPDATE holding SET epoch = epoch + 1, holder = $2, address = $3,
            until = clock_timestamp() + $4::bigint * interval '1 millisecond'
      WHERE name = $1 AND until < clock_timestamp() RETURNING epoch, commits`,
});

/** The holdings, as this process asks for them. */
export class PostgresHoldings {
  readonly #pool: SessionPool;
  readonly #options: HoldingOptions;

  constructor(pool: SessionPool, options: HoldingOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /**
   * Takes a holding; waits while another replica, or another holder of this process, has it.
   *
   * @throws The reason of `signal`, when it aborts before; {TocsinError} ERR_STORE.
   */
  async take(name: string, signal: AbortSignal): Promise<PostgresTenure> {
    const { holder, address, leaseMs, clock, openSession } = this.#options;
    const unique = `${holder} ${randomUUID()}`;
    for (;;) {
      signal.throwIfAborted();
      const takenAt = clock.monotonic();
      const [, taken] = await this.#pool.ask([SQL.create(name), SQL.take(name, unique, address, leaseMs)]);
      const row = taken?.rows[0];
      if (row !== undefined) {
        const claim = { name, holder: unique, takenAt };
        const numbers = { epoch: BigInt(String(row["epoch"])), commits: BigInt(String(row["commits"])) };
        return new PostgresTenure({ ...claim, ...numbers }, openSession(), { leaseMs, clock });
      }
      // By the machine's own time, as the server counts the lease.
      await setTimeout(ASK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
