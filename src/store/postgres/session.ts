import { Socket } from "node:net";

import type { Client, ClientConfig, CustomTypesConfig, QueryResult } from "pg";

import { toError, TocsinError } from "../../lib/errors.ts";
import { SESSION_SETTINGS } from "./connection-settings.ts";
import type { Statement, Value } from "./statement.ts";
import { codeOf, toStoreError } from "./store-error.ts";
import { decodeText, encodeText } from "./text-codec.ts";

/** A row of an answer, keyed by the name of the column. A bigint is a string, as `pg` gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** The answer of the server to one statement. */
export interface Answer {
  readonly rows: readonly Row[];
  /** Rows that were found or changed. */
  readonly count: number;
}

/** Statements that were sent at once, with what came of each. */
export interface Flight {
  /** In the order of the statements; those behind a failure have none. */
  readonly answers: readonly Answer[];
  /** The first failure. */
  readonly failure: Error | undefined;
  /** How the last statement ended, in the server's words: `COMMIT`, or `ROLLBACK` for a COMMIT that was none. */
  readonly lastCommand: string | undefined;
}

/** Sends statements at once, and waits for all answers. It never rejects. */
export type Send = (statements: readonly Statement[]) => Promise<Flight>;

/** A connection. */
interface Link {
  readonly client: Client;
  /** Its socket, below TLS. */
  readonly socket: Socket;
}

/** In a transaction that has failed already: says nothing new. */
const IN_FAILED_TRANSACTION = "25P02";

/**
 * One connection, which is opened when it is needed, and anew after every failure: what a failed connection still had to
 * say is of no use, and statements that the server prepared are known again for sure.
 */
export class Session {
  readonly #config: ClientConfig;
  readonly #schema: string;
  #link: Link | undefined;
  /** Work runs one after the other, because a flight of one must not lie in the transaction of another. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  /** @param schema Where names of tables are looked up. */
  constructor(config: ClientConfig, schema: string) {
    this.#config = config;
    this.#schema = schema;
  }

  /** Work that runs or waits. */
  get load(): number {
    return this.#waiting;
  }

  /**
   * Runs work that has the connection to itself.
   *
   * @throws {TocsinError} ERR_STORE when there is no connection; else what `work` throws.
   */
  async run<Result>(work: (send: Send) => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#runNow(work));
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Sends statements that need no transaction. @throws {TocsinError} ERR_STORE. */
  ask(statements: readonly Statement[]): Promise<readonly Answer[]> {
    return this.run(async (send) => answersOf(await send(statements)));
  }

  /** Closes the connection when the work before has ended; there is no other afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
    if (this.#link !== undefined) await this.#drop(this.#link.client);
  }

  async #runNow<Result>(work: (send: Send) => Promise<Result>): Promise<Result> {
    const link = await this.#open();
    let isSound = false;
    try {
      const failures: Error[] = [];
      const result = await work(async (statements) => {
        const flight = await fly(link, statements);
        if (flight.failure !== undefined) failures.push(flight.failure);
        return flight;
      });
      isSound = failures.length === 0;
      return result;
    } finally {
      // An error of `work` between two flights leaves a transaction open.
      if (!isSound) await this.#drop(link.client);
    }
  }

  async #open(): Promise<Link> {
    if (this.#isClosed) throw new TocsinError("ERR_STORE", "the store is closed");
    this.#link ??= await this.#connect();
    return this.#link;
  }

  async #connect(): Promise<Link> {
    // Imported here, so that a bridge with an SQLite file does not load the driver.
    const { default: pg } = await import("pg");
    const getTypeParser: CustomTypesConfig["getTypeParser"] = (oid, format) =>
      oid === pg.types.builtins.TEXT ? decodeText : pg.types.getTypeParser(oid, format);
    const socket = new Socket();
    const client = new pg.Client({ ...this.#config, types: { getTypeParser }, stream: () => socket });
    // Without a listener the end of a connection would be the end of the process.
    client.on("error", () => this.#forget(client));
    client.on("end", () => this.#forget(client));
    try {
      await client.connect();
      const settings = { ...SESSION_SETTINGS, search_path: `"${this.#schema.replaceAll('"', '""')}"` };
      await client.query("SELECT set_config(name, value, false) FROM json_each_text($1) AS s (name, value)", [
        JSON.stringify(settings),
      ]);
      return { client, socket };
    } catch (cause) {
      await end(client);
      throw toStoreError(cause);
    }
  }

  #forget(client: Client): void {
    if (this.#link?.client === client) this.#link = undefined;
  }

  async #drop(client: Client): Promise<void> {
    this.#forget(client);
    await end(client);
  }
}

/** The answers of a flight. @throws {TocsinError} ERR_STORE when a statement failed. */
export function answersOf({ answers, failure }: Flight): readonly Answer[] {
  if (failure !== undefined) throw toStoreError(failure);
  return answers;
}

async function fly({ client, socket }: Link, statements: readonly Statement[]): Promise<Flight> {
  // One write for all: each query would be one of its own.
  socket.cork();
  const queries = statements.map(({ name, text, values }) =>
    client.query<Record<string, unknown>>({ name, text, values: values.map(toParameter) }),
  );
  socket.uncork();
  const settled = await Promise.allSettled(queries);
  const failures = settled.flatMap((each) => (each.status === "rejected" ? [toError(each.reason)] : []));
  const last = settled.at(-1);
  return {
    answers: settled.flatMap((each) => (each.status === "fulfilled" ? [toAnswer(each.value)] : [])),
    failure: failures.find((failure) => codeOf(failure) !== IN_FAILED_TRANSACTION) ?? failures[0],
    lastCommand: last?.status === "fulfilled" ? last.value.command : undefined,
  };
}

function toAnswer({ rows, rowCount }: QueryResult<Record<string, unknown>>): Answer {
  return { rows, count: rowCount ?? 0 };
}

function toParameter(value: Value): unknown {
  if (typeof value === "string") return encodeText(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  return typeof value === "object" && value !== null ? value.encoded : value;
}

/** Ends a connection, whatever state it is in. */
async function end(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}
