import type { Clock } from "../lib/clock.ts";
import { errorText, isFenced } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { holdPatiently } from "./hold-patiently.ts";
import type { Holding } from "./store-host.ts";

/** A holding that is not granted within this time is taken for another process's. */
const STANDBY_AFTER_MS = 1000;

/** The pause after a loss, so that other processes come first. */
const AFTER_LOSS_MS = 1000;

/** Work that runs while a part of the store is held. */
export interface HeldWork {
  /**
   * Runs until the signal aborts that it was opened with.
   *
   * @throws {TocsinError} ERR_FENCED when a write comes too late.
   */
  run(): Promise<void>;
}

/** The collaborators of a holder. */
export interface HolderOptions<H extends Holding, Work extends HeldWork> {
  /** For the log: `engine/0`. */
  readonly name: string;
  readonly hold: (signal: AbortSignal) => Promise<H>;
  /**
   * Makes the work anew for each holding, from the stored state.
   *
   * @param signal Aborts when the holding is lost, or at the end.
   */
  readonly open: (holding: H, signal: AbortSignal) => Promise<Work>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Holds one part of the store, and does the work of it meanwhile. When the holding is lost, the work ends, its state is
 * thrown away, and the holder waits to hold the part again; the next work begins with what other processes have stored.
 */
export class Holder<H extends Holding, Work extends HeldWork> {
  readonly #options: HolderOptions<H, Work>;
  readonly #settled = Promise.withResolvers<void>();
  #current: Work | undefined;
  #isWaiting = false;
  #trouble = "";

  constructor(options: HolderOptions<H, Work>) {
    this.#options = options;
  }

  /** The work that runs; undefined while the part is not held. */
  get current(): Work | undefined {
    return this.#current;
  }

  /** Whether another process holds the part, as far as this one knows. */
  get isStandby(): boolean {
    return this.#isWaiting && this.#trouble === "";
  }

  /** Why the part cannot be held; "" while it is held, or another process has it. */
  get trouble(): string {
    return this.#trouble;
  }

  /** Resolves when the work runs for the first time, or the part is not to be had for now. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /**
   * Until the signal aborts; may be called once. Rejects when the work cannot be made, or fails otherwise than by a
   * loss.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { name, clock, log } = this.#options;
    while (!signal.aborted) {
      const holding = await this.#wait(signal);
      if (holding === undefined) return;
      const loss = await this.#workUntilLost(holding, signal);
      if (signal.aborted) return;
      log.warn("a part of the store is another process's now; waiting for it", {
        name,
        error: errorText(loss),
      });
      this.#isWaiting = true;
      await clock.sleep(AFTER_LOSS_MS, signal).catch(() => undefined);
    }
  }

  async #wait(signal: AbortSignal): Promise<H | undefined> {
    const { name, hold, clock, log } = this.#options;
    const cancel = clock.after(STANDBY_AFTER_MS, () => {
      this.#isWaiting = true;
      this.#settled.resolve();
    });
    const onTrouble = (error: string): void => {
      this.#trouble = error;
    };
    try {
      return await holdPatiently(hold, { name, clock, log, signal, onTrouble });
    } finally {
      cancel();
      this.#isWaiting = false;
    }
  }

  /** @returns The reason of the loss, or of the end. */
  async #workUntilLost(holding: H, signal: AbortSignal): Promise<unknown> {
    const held = AbortSignal.any([signal, holding.lost]);
    try {
      this.#current = await this.#options.open(holding, held);
      this.#settled.resolve();
      await this.#current.run();
      return held.reason;
    } catch (error) {
      if (isFenced(error) || held.aborted) return error;
      throw error;
    } finally {
      this.#current = undefined;
      await holding.release();
    }
  }
}
