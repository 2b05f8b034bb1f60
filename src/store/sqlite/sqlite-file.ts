import type { Clock } from "../../lib/clock.ts";
import { errorText, TocsinError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { type Bell, createBell } from "../bell.ts";
import { type ActivityRows, createActivityRows } from "./activity-rows.ts";
import { copyTimeOf } from "./beside.ts";
import { type CommandRows, createCommandRows } from "./command-rows.ts";
import type { Connection } from "./connection.ts";
import { writeDamageMark } from "./damage-mark.ts";
import { createDeadLetters, type DeadLetters } from "./dead-letters.ts";
import { createDecisions, type Decisions } from "./decisions.ts";
import { DeliveryRows } from "./delivery-rows.ts";
import { createEndedRows, type EndedRows } from "./ended-rows.ts";
import { createEntityRows, type EntityRows } from "./entity-rows.ts";
import { FallbackRows } from "./fallback-rows.ts";
import { GroupCommit } from "./group-commit.ts";
import { createKeptRows, type KeptRows } from "./kept-rows.ts";
import { createOwnerRows, type OwnerRows } from "./owner-rows.ts";
import { createPositionRows, type PositionRows } from "./position-rows.ts";
import { createReceivers, type Receivers } from "./receivers.ts";
import { RecordRows } from "./record-rows.ts";
import { createSeenRows, type SeenRows } from "./seen-rows.ts";
import { endSession } from "./session.ts";
import { createSharedKeyRows, type SharedKeyRows } from "./shared-key-rows.ts";
import { reportDamage } from "./state-damage.ts";
import type { StateFileOptions } from "./state-file.ts";
import { storageFault } from "./storage-fault.ts";
import { createTenureRows, type TenureRows } from "./tenure-rows.ts";
import { Tenures } from "./tenures.ts";

/** The path of the state (a file, or `:memory:`), and the bounds of the store. */
export interface SqliteStoreOptions extends StateFileOptions {
  /** Above this many used bytes `commit` fails; undefined for no bound. Results of attempts are stored always. */
  readonly maxBytes?: number | undefined;
  /** How long ended alerts are kept; 30 days by default, 0 for not at all. */
  readonly historyForMs?: number | undefined;
  /** When waiting jobs are written; `setImmediate` by default. Virtual time has no turns of an event loop. */
  readonly defer?: ((flush: () => void) => void) | undefined;
}

const HISTORY_FOR_MS = 30 * 86_400_000;

/** How long a patient write waits for another one to join, milliseconds. */
const PATIENCE_MS = 25;

/** The tables of the file, each with its statements. */
export interface Tables {
  readonly positions: PositionRows;
  readonly seen: SeenRows;
  readonly owners: OwnerRows;
  readonly entities: EntityRows;
  readonly commands: CommandRows;
  readonly decisions: Decisions;
  readonly ended: EndedRows;
  readonly activity: ActivityRows;
  readonly kept: KeptRows;
  readonly receivers: Receivers;
  readonly deliveries: DeliveryRows;
  readonly fallbacks: FallbackRows;
  readonly records: RecordRows;
  readonly deadLetters: DeadLetters;
  readonly tenures: TenureRows;
  readonly sharedKeys: SharedKeyRows;
}

/** One open state file: its tables, the one way to write it, and the holders of its parts. */
export class SqliteFile {
  readonly clock: Clock;
  readonly log: Logger;
  readonly bell: Bell = createBell();
  readonly connection: Connection;
  readonly tables: Tables;
  readonly tenures: Tenures;
  readonly maxBytes: number;
  readonly historyForMs: number;
  readonly #options: SqliteStoreOptions;
  readonly #writer: GroupCommit;
  #users = 0;
  #isDamaged = false;

  /** @param connection Open, and of this schema version; the file closes it. */
  constructor(options: SqliteStoreOptions, connection: Connection) {
    this.clock = options.clock;
    this.log = options.log;
    this.maxBytes = options.maxBytes ?? Infinity;
    this.historyForMs = options.historyForMs ?? HISTORY_FOR_MS;
    this.#options = options;
    this.connection = connection;
    try {
      this.tables = openTables(connection, options.log, (reason) => this.reportRows(reason));
      const { defer } = options;
      this.#writer = new GroupCommit(connection, {
        soon: defer ?? setImmediate,
        later: defer ?? ((flush) => void setTimeout(flush, PATIENCE_MS)),
      });
    } catch (cause) {
      connection.abandon();
      throw this.#failed(cause);
    }
    this.tenures = new Tenures((name) => this.read(() => this.tables.tenures.epochOf(name)));
  }

  get isWritable(): boolean {
    return this.#writer.isWritable;
  }

  /** Whether damage was found since the file was opened. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  get path(): string {
    return this.#options.path;
  }

  /** Some rows cannot be read. @param reason Which, and what became of them. */
  reportRows(reason: string): void {
    reportDamage({ kind: "rows", path: this.#options.path, reason }, this.#options);
  }

  /** The file is damaged: the next start shall not use it, also where its own check would find nothing. */
  recordDamage(kind: "found" | "failing", reason: string): void {
    if (this.#isDamaged) return;
    this.#isDamaged = true;
    const { path } = this;
    writeDamageMark(path, reason);
    reportDamage({ kind, path, reason, copiedAt: copyTimeOf(path) }, this.#options);
  }

  /** @throws {TocsinError} ERR_STORE. */
  read<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof TocsinError) throw cause;
      throw this.#failed(cause);
    }
  }

  /**
   * Writes in one transaction, perhaps together with others.
   *
   * @param due `later` for a write that may wait some milliseconds for another one to join.
   * @throws {TocsinError} ERR_STORE, or one that `work` throws.
   */
  async write<Result>(work: () => Result, due: "soon" | "later" = "soon"): Promise<Result> {
    try {
      return await this.#writer.run(work, due);
    } catch (cause) {
      if (cause instanceof TocsinError) throw cause;
      throw this.#failed(cause);
    }
  }

  /** Adds a user of the file. */
  enter(): void {
    this.#users += 1;
  }

  /** Removes a user of the file; the last one closes it. */
  leave(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#close();
  }

  #close(): void {
    this.#writer.flush();
    try {
      endSession(this.connection, this.clock.now());
    } catch (error) {
      this.log.warn("the state file takes no writes at the end", { error: errorText(error) });
    }
    this.connection.close();
  }

  #failed(cause: unknown): TocsinError {
    if (storageFault(cause) === "damaged") this.recordDamage("failing", errorText(cause));
    return new TocsinError("ERR_STORE", `state file ${this.#options.path}: ${errorText(cause)}`, { cause });
  }
}

function openTables({ database }: Connection, log: Logger, onUnreadable: (reason: string) => void): Tables {
  const receivers = createReceivers(database, log);
  const kept = createKeptRows(database);
  const deliveries = new DeliveryRows(database, receivers, onUnreadable);
  return {
    positions: createPositionRows(database),
    seen: createSeenRows(database),
    owners: createOwnerRows(database),
    entities: createEntityRows(database),
    commands: createCommandRows(database),
    decisions: createDecisions(database, kept),
    ended: createEndedRows(database, kept),
    activity: createActivityRows(database, kept),
    kept,
    receivers,
    deliveries,
    fallbacks: new FallbackRows(database, deliveries),
    records: new RecordRows(database),
    deadLetters: createDeadLetters(database),
    tenures: createTenureRows(database),
    sharedKeys: createSharedKeyRows(database),
  };
}
