import type { Clock } from "../../src/lib/clock.ts";

interface Timer {
  readonly dueAt: number;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now: number;
  readonly #start: number;
  #offset = 0;
  readonly #timers = new Set<Timer>();
  /** Awaited before time moves on: for work that no timer shows, such as requests that run. */
  idle: () => Promise<unknown> = async () => undefined;

  /** @param start Epoch milliseconds. */
  constructor(start = Date.parse("2026-06-01T10:00:00Z")) {
    this.#now = start;
    this.#start = start;
  }

  now(): number {
    return this.#now + this.#offset;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  /** The clock on the wall is set; the monotonic one and timers go on as they were. */
  setWall(ms: number): void {
    this.#offset = ms - this.#now;
  }

  /** How many timers wait: 0 after everything has been closed. */
  get pending(): number {
    return this.#timers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const cancel = this.after(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  after(ms: number, run: () => void): () => void {
    const timer: Timer = { dueAt: this.#now + Math.max(0, ms), run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves on by `ms`, firing timers in their order and letting promises settle after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      await this.idle();
      const [next] = [...this.#timers]
        .filter((timer) => timer.dueAt <= end)
        .toSorted((a, b) => a.dueAt - b.dueAt);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.dueAt);
      next.run();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets everything that is ready run, real sockets included. */
async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve));
}
