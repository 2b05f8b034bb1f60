import { TocsinError } from "../../lib/errors.ts";
import type { Holding } from "../store-host.ts";

/**
 * The holders of all holdings. One process uses the SQLite file, so this table is in memory; several hosts of the
 * process share it. Only epochs are in the file: by them leases of earlier processes are known.
 */
export class Tenures {
  readonly #storedEpoch: (name: string) => number;
  readonly #held = new Map<string, Tenure>();
  readonly #epochs = new Map<string, number>();
  /** Keyed by name: the waiting callers, in their order. */
  readonly #queues = new Map<string, (() => void)[]>();

  /** @param storedEpoch Gives the epoch of the last holding of a name that has written to the file; 0 for none. */
  constructor(storedEpoch: (name: string) => number) {
    this.#storedEpoch = storedEpoch;
  }

  /** Takes a holding; waits until it is free. @throws The reason of `signal`, when it aborts before. */
  async take(name: string, signal: AbortSignal): Promise<Tenure> {
    signal.throwIfAborted();
    while (this.#held.has(name)) await this.#turn(name, signal);
    const epoch = Math.max(this.#storedEpoch(name), this.#epochs.get(name) ?? 0) + 1;
    const tenure = new Tenure(name, epoch, () => this.#free(name));
    this.#epochs.set(name, epoch);
    this.#held.set(name, tenure);
    return tenure;
  }

  #turn(name: string, signal: AbortSignal): Promise<void> {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = (): void => {
        queue.splice(queue.indexOf(wake), 1);
        reject(signal.reason as Error);
      };
      queue.push(wake);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  #free(name: string): void {
    this.#held.delete(name);
    this.#queues.get(name)?.shift()?.();
  }
}

/** A holding of this process; it lasts until it is released. */
export class Tenure implements Holding {
  readonly name: string;
  readonly epoch: bigint;
  readonly #lost = new AbortController();
  readonly #onEnd: () => void;

  constructor(name: string, epoch: number, onEnd: () => void) {
    this.name = name;
    this.epoch = BigInt(epoch);
    this.#onEnd = onEnd;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  validUntil(): number {
    return this.lost.aborted ? 0 : Infinity;
  }

  async release(): Promise<void> {
    if (this.lost.aborted) return;
    this.#lost.abort(fenced(this.name));
    this.#onEnd();
  }

  /** @throws {TocsinError} ERR_FENCED when it is not held any more. */
  assertHeld(): void {
    if (this.lost.aborted) throw fenced(this.name);
  }
}

function fenced(name: string): TocsinError {
  return new TocsinError("ERR_FENCED", `"${name}" is not held by this process any more`);
}
