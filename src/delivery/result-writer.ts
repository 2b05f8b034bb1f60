import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { AttemptResult, Store } from "../store/index.ts";

/** Settlements wait this long for company, so that many share one transaction. */
const GATHER_MS = 5;

/** Settlements that wait for no more company. */
const ENOUGH = 500;

/** Nothing new is leased while this many settlements wait for the store. */
const MOST_WAITING = 5000;

const RETRY_MS = 1000;

/** How an attempt ended, and of what. */
export interface SinkResult {
  readonly sink: string;
  readonly kind: "notification" | "record";
  readonly settlement: AttemptResult;
}

/** Writes how attempts ended, many at a time, and goes on trying while the store does not work. */
export class ResultWriter {
  readonly #store: Pick<Store, "settle">;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onSettled: (settled: readonly SinkResult[]) => void;
  #waiting: SinkResult[] = [];
  #cancelTimer: (() => void) | undefined;
  #isFailing = false;

  constructor(parts: {
    readonly store: Pick<Store, "settle">;
    readonly clock: Clock;
    readonly log: Logger;
    readonly onSettled: (settled: readonly SinkResult[]) => void;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#onSettled = parts.onSettled;
  }

  /** Whether the store keeps up. */
  get hasRoom(): boolean {
    return this.#waiting.length < MOST_WAITING;
  }

  add(settled: SinkResult): void {
    this.#waiting.push(settled);
    if (this.#waiting.length === ENOUGH && !this.#isFailing) {
      void this.flush();
      return;
    }
    this.#cancelTimer ??= this.#clock.after(this.#isFailing ? RETRY_MS : GATHER_MS, () => void this.flush());
  }

  /** Writes what waits; what the store refuses waits for the next time. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    try {
      await this.#store.settle(batch.map(({ settlement }) => settlement));
    } catch (error) {
      if (!this.#isFailing)
        this.#log.error("ends of deliveries cannot be stored; trying again", { error: errorText(error) });
      this.#isFailing = true;
      this.#waiting = [...batch, ...this.#waiting];
      this.#cancelTimer ??= this.#clock.after(RETRY_MS, () => void this.flush());
      return;
    }
    this.#isFailing = false;
    this.#onSettled(batch);
  }
}
