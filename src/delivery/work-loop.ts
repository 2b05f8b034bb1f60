import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { Alarm } from "./alarm.ts";

/** The wall clock may jump: due times are looked at this often at least. */
const LONGEST_SLEEP_MS = 60_000;

/** Something is due that this loop cannot take: the other kind of row of the same sink, or a group that is busy. */
const BLOCKED_MS = 1000;

/** How long to sleep when only the end of an attempt, which wakes the loop, can help. */
export const UNTIL_WOKEN = LONGEST_SLEEP_MS;

/** The store does not work. */
const TROUBLE_MS = 1000;

/** How long to sleep when nothing more could be leased. */
export function sleepUntil(nextDueAt: number | undefined, clock: Clock): number {
  if (nextDueAt === undefined) return UNTIL_WOKEN;
  const ms = nextDueAt - clock.now();
  return ms > 0 ? ms : BLOCKED_MS;
}

/** One kind of work for one sink. */
export interface Work {
  /** Starts what may start now; answers how long there is nothing to start, 0 when there may be more already. */
  fill(): Promise<number>;
}

/** Fills, sleeps until something is due or somebody wakes it, and so on until it is stopped. */
export class WorkLoop {
  readonly #work: Work;
  readonly #log: Logger;
  readonly #alarm: Alarm;
  #isStopping = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(work: Work, clock: Clock, log: Logger) {
    this.#work = work;
    this.#log = log;
    this.#alarm = new Alarm(clock);
  }

  start(): void {
    this.#ended = this.#run();
  }

  wake(): void {
    this.#alarm.wake();
  }

  /** Resolves when nothing new is started any more; what runs goes on. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#alarm.wake();
    await this.#ended;
  }

  async #run(): Promise<void> {
    let isTroubled = false;
    while (!this.#isStopping) {
      let sleepMs = TROUBLE_MS;
      try {
        sleepMs = await this.#work.fill();
        isTroubled = false;
      } catch (error) {
        if (!isTroubled)
          this.#log.error("the store gives no deliveries; trying again", { error: errorText(error) });
        isTroubled = true;
      }
      if (sleepMs > 0) await this.#alarm.wait(Math.min(sleepMs, LONGEST_SLEEP_MS));
    }
  }
}
