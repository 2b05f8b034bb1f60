import type { NewDelivery } from "../../alert/index.ts";
import { TocsinError } from "../../lib/errors.ts";
import type { Bell } from "../bell.ts";
import type { Command, Commands } from "../commands.ts";
import type { Queries } from "../queries.ts";
import type {
  DeadLetterActions,
  EngineHolding,
  House,
  HouseHolding,
  SharedKeys,
  SinkHolding,
  StoreHost,
} from "../store-host.ts";
import { type CopyOptions, DailyCopy } from "./daily-copy.ts";
import { SqliteEngineStore } from "./sqlite-engine-store.ts";
import { SqliteFile, type SqliteStoreOptions } from "./sqlite-file.ts";
import { SqliteOutbox } from "./sqlite-outbox.ts";
import { createSqliteQueries } from "./sqlite-queries.ts";
import { openStateFile } from "./state-file.ts";
import type { Tenure } from "./tenures.ts";

/**
 * Opens the store in one SQLite file (or in memory), which this process owns until `close` or its end. A damaged file
 * is reported and moved aside, and the store begins empty.
 *
 * @throws {TocsinError} ERR_STORE when the file is in use, of a newer version, or cannot be opened.
 */
export async function openSqliteStore(
  options: SqliteStoreOptions & { readonly copies?: CopyOptions | undefined },
): Promise<StoreHost> {
  const file = new SqliteFile(options, openStateFile(options));
  const { copies } = options;
  const host = new SqliteHost(file);
  if (copies !== undefined && file.connection.database.location() !== null) host.copyDaily(copies);
  return host;
}

/** All partitions: one process uses the file, and one engine is enough for it. */
const PARTITIONS = [0];

/** One owner of holdings in a file. Several hosts may share the file; the last one to close closes it. */
export class SqliteHost implements StoreHost {
  readonly queries: Queries;
  readonly commands: Commands;
  readonly deadLetters: DeadLetterActions;
  readonly sharedKeys: SharedKeys;
  readonly #file: SqliteFile;
  readonly #partitions: readonly number[];
  readonly #tenures = new Set<Tenure>();
  readonly #closed = new AbortController();
  #copying: Promise<void> = Promise.resolve();

  constructor(file: SqliteFile, partitions: readonly number[] = PARTITIONS) {
    file.enter();
    this.#file = file;
    this.#partitions = partitions;
    this.queries = createSqliteQueries(file);
    this.commands = {
      put: (command) => this.#command(command),
      isPending: async (id) => file.read(() => file.tables.commands.isPending(id)),
    };
    this.deadLetters = {
      retry: (ids, now, note) => this.#retryDead(ids, now, note),
      drop: (ids) => file.write(() => file.tables.deadLetters.drop(ids)),
    };
    this.sharedKeys = { keep: (name, fresh) => this.#keepKey(name, fresh) };
  }

  get bell(): Bell {
    return this.#file.bell;
  }

  hold(name: `engine/${number}`, signal: AbortSignal): Promise<EngineHolding>;
  hold(name: `sink/${string}`, signal: AbortSignal): Promise<SinkHolding>;
  hold(name: "house", signal: AbortSignal): Promise<HouseHolding>;
  async hold(name: string, signal: AbortSignal): Promise<EngineHolding | SinkHolding | HouseHolding> {
    const tenure = await this.#file.tenures.take(name, AbortSignal.any([signal, this.#closed.signal]));
    this.#tenures.add(tenure);
    tenure.lost.addEventListener("abort", () => this.#tenures.delete(tenure), { once: true });
    const [kind, rest] = [name.slice(0, name.indexOf("/")), name.slice(name.indexOf("/") + 1)];
    switch (kind) {
      case "engine":
        return Object.assign(tenure, { store: new SqliteEngineStore(this.#file, Number(rest), tenure) });
      case "sink": {
        const outbox = new SqliteOutbox(this.#file, rest, tenure);
        await outbox.takeOver();
        return Object.assign(tenure, { outbox });
      }
      default:
        return Object.assign(tenure, { house: this.#house(tenure) });
    }
  }

  isWritable(): boolean {
    return this.#file.isWritable;
  }

  /** Checks and copies the file once a day, until `close`. */
  copyDaily(options: CopyOptions): void {
    const { path, clock, log, connection } = this.#file;
    const { database } = connection;
    const onDamage = (reason: string): void => this.#file.recordDamage("found", reason);
    const isDamaged = (): boolean => this.#file.isDamaged;
    const daily = new DailyCopy({ ...options, path, database, clock, log, onDamage, isDamaged });
    this.#copying = daily.run(this.#closed.signal);
  }

  async close(): Promise<void> {
    this.#closed.abort(new TocsinError("ERR_STORE", "the store is closed"));
    await this.#copying;
    await Promise.all([...this.#tenures].map((tenure) => tenure.release()));
    this.#file.leave();
  }

  #house(tenure: Tenure): House {
    return { send: (deliveries) => this.#send(tenure, deliveries) };
  }

  async #send(tenure: Tenure, deliveries: readonly NewDelivery[]): Promise<void> {
    await this.#file.write(() => {
      tenure.assertHeld();
      for (const delivery of deliveries) this.#file.tables.deliveries.add(delivery, undefined);
    });
    this.#ringSinks(deliveries.map(({ sink }) => sink));
  }

  async #command(command: Command): Promise<void> {
    const { tables, clock, bell } = this.#file;
    await this.#file.write(() => tables.commands.put(command, this.#partitions, clock.now()));
    for (const partition of this.#partitions) bell.ring(`commands/${partition}`);
  }

  async #keepKey(name: string, fresh: Uint8Array): Promise<Uint8Array> {
    const { sharedKeys } = this.#file.tables;
    const known = this.#file.read(() => sharedKeys.find(name));
    if (known !== undefined) return known;
    return this.#file.write(() => {
      sharedKeys.add(name, fresh);
      return sharedKeys.find(name) ?? fresh;
    });
  }

  async #retryDead(ids: readonly string[], now: number, note = ""): Promise<number> {
    const { deadLetters, records } = this.#file.tables;
    const { count, sinks } = await this.#file.write(() => deadLetters.retry(ids, now, note));
    for (const sink of sinks) records.recount(sink);
    this.#ringSinks(sinks);
    return count;
  }

  #ringSinks(sinks: Iterable<string>): void {
    for (const sink of new Set(sinks)) this.#file.bell.ring(`sink/${sink}`);
  }
}
