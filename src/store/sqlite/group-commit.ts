import { TocsinError } from "../../lib/errors.ts";
import type { Connection } from "./connection.ts";

interface Job {
  readonly work: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls back a little later. */
export type Defer = (flush: () => void) => void;

/**
 * Groups the jobs of several writers into one transaction, and so into one wait for the disk: all that come before
 * `soon` calls back. A patient job begins no transaction of its own before `later` calls back; it joins the next one. A
 * job that throws undoes its own writes, and not those of others.
 */
export class GroupCommit {
  readonly #connection: Connection;
  readonly #defer: { readonly soon: Defer; readonly later: Defer };
  readonly #savepoint: Readonly<Record<"begin" | "undo" | "end", { run(): unknown }>>;
  #jobs: Job[] = [];
  /** The callback that flushes the waiting jobs; undefined when none wait. */
  #due: "soon" | "later" | undefined;
  #isWritable = true;

  /** @param defer `soon` calls back at the end of this turn of the event loop, for example, `later` some milliseconds later. */
  constructor(connection: Connection, defer: { readonly soon: Defer; readonly later: Defer }) {
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

  /**
   * Resolves when the writes of `work` are durable.
   *
   * @param work Synchronous; may run again after it has thrown.
   * @param due `later` for a patient job.
   */
  run<Result>(work: () => Result, due: "soon" | "later" = "soon"): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    if (this.#due === undefined || (this.#due === "later" && due === "soon")) {
      this.#due = due;
      this.#defer[due](() => this.flush());
    }
    // `resolve` gets what this very `work` returns.
    this.#jobs.push({ work, resolve: resolve as (result: unknown) => void, reject });
    return promise;
  }

  /** Runs the waiting jobs now. */
  flush(): void {
    const jobs = this.#jobs;
    this.#jobs = [];
    this.#due = undefined;
    if (jobs.length === 0) return;
    const done: (() => void)[] = [];
    try {
      this.#connection.transaction(() => {
        for (const job of jobs) done.push(this.#attempt(job, jobs.length === 1));
      });
    } catch (error) {
      // No write is stored, also not of jobs that succeeded.
      this.#recordFailure(error);
      for (const { reject } of jobs) reject(error);
      return;
    }
    for (const tell of done) tell();
  }

  /** Runs one job. @returns Reports its end to the writer; to be called when the transaction is durable. */
  #attempt({ work, resolve, reject }: Job, isAlone: boolean): () => void {
    // A single job needs no savepoint: the transaction itself is undone.
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

  /**
   * Records that the file takes no writes. A TocsinError comes from the job itself, and proves nothing about the file.
   */
  #recordFailure(error: unknown): void {
    if (!(error instanceof TocsinError)) this.#isWritable = false;
  }
}
