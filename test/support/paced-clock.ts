import { setTimeout as sleep } from "node:timers/promises";

import type { Clock } from "../../src/lib/clock.ts";
import { FakeClock } from "./fake-clock.ts";

/** Real time between two steps: sockets, files and the store work in it. */
const PAUSE_MS = 5;

/**
 * A clock for a whole program with real sockets: it takes a step, lets the program work, and takes the next step. On a
 * quiet machine it runs `speed` times as fast as real time. A process that gets no processor takes no steps, so a
 * deadline passes only when the program has had its turns.
 */
export class PacedClock implements Clock, Disposable {
  readonly #steps = new FakeClock();
  #isStopped = false;

  constructor(speed: number) {
    void this.#run(PAUSE_MS * speed);
  }

  now(): number {
    return this.#steps.now();
  }

  monotonic(): number {
    return this.#steps.monotonic();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#steps.sleep(ms, signal);
  }

  after(ms: number, run: () => void): () => void {
    return this.#steps.after(ms, run);
  }

  /** Stands still from now on. */
  [Symbol.dispose](): void {
    this.#isStopped = true;
  }

  async #run(stepMs: number): Promise<void> {
    while (!this.#isStopped) {
      await sleep(PAUSE_MS, undefined, { ref: false });
      await this.#steps.advance(stepMs);
    }
  }
}
