import { TocsinError } from "../../lib/errors.ts";
import type { Connection } from "./connection.ts";

interface Job {
  readonly work: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writers that come before `defer` calls back share one transaction, and so one wait for the disk. Each keeps
 * its own fate: what one of them throws undoes its own writes and no others.
 */
export class GroupCommit {
  readonly #connection: Connection;
  readonly #defer: (flush: () => void) => void;
  readonly #savepoint: Readonly<Record<"begin" | "undo" | "end", { run(): unknown }>>;
  #jobs: Job[] = [];
  #isWritable = true;

  /** @param defer Calls back a little later: at the end of this turn of the event loop, say. */
  constructor(connection: Connection, defer: (flush: () => void) => void) {
    const { database } = connection;
    this.#connection = connection;
    this.#defer = defer;
    this.#savepoint = {
      begin: database.prepare("SAVEPOINT job"),
      undo: database.prepare("ROLLBACK TO job"),
      end: database.prepare("RELEASE job"),
    };
  }

  /** Whether the last write succeeded. */
  get isWritable(): boolean {
    return this.#isWritable;
  }

  /** Resolves when what `work` has written is durable. @param work Synchronous; may run again after it has thrown. */
  run<Result>(work: () => Result): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    if (this.#jobs.length === 0) this.#defer(() => this.flush());
    // `resolve` gets what this very `work` returns.
    this.#jobs.push({ work, resolve: resolve as (result: unknown) => void, reject });
    return promise;
  }

  /** Writes what waits, now. */
  flush(): void {
    const jobs = this.#jobs;
    this.#jobs = [];
    if (jobs.length === 0) return;
    const done: (() => void)[] = [];
    try {
      this.#connection.transaction(() => {
        for (const job of jobs) done.push(this.#attempt(job, jobs.length === 1));
      });
    } catch (error) {
      // None of it is stored, whatever became of the single jobs.
      this.#recordFailure(error);
      for (const { reject } of jobs) reject(error);
      return;
    }
    for (const tell of done) tell();
  }

  /** @returns Tells the writer how its job ended; to be called when the transaction is durable. */
  #attempt({ work, resolve, reject }: Job, isAlone: boolean): () => void {
    // Without company the transaction itself is undone.
    if (!isAlone) this.#savepoint.begin.run();
    try {
      const result = work();
      if (!isAlone) this.#savepoint.end.run();
      return () => {
        this.#isWritable = true;
        resolve(result);
      };
    } catch (error) {
      // SQLite has given up the whole transaction, on a full disk for example.
      if (isAlone || !this.#connection.database.isTransaction) throw error;
      this.#savepoint.undo.run();
      this.#savepoint.end.run();
      return () => {
        this.#recordFailure(error);
        reject(error);
      };
    }
  }

  /** What a job refuses on purpose says nothing of the file. */
  #recordFailure(error: unknown): void {
    if (!(error instanceof TocsinError)) this.#isWritable = false;
  }
}
