import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { Alarm } from "./alarm.ts";

/** Longest sleep. The wall clock may jump, so the loop looks at due times this often at least. */
const LONGEST_SLEEP_MS = 60_000;

/** Sleep while the due row is not for this loop: it is of the other kind, or its group has a running attempt. */
const BLOCKED_MS = 1000;

/** Sleep until `wake`: only the end of an attempt makes room, and it wakes the loop. */
export const UNTIL_WOKEN = LONGEST_SLEEP_MS;

/** Sleep after the store has failed. */
const TROUBLE_MS = 1000;

/** The sleep of a loop that could lease no more rows, in milliseconds. */
export function sleepUntil(nextDueAt: number | undefined, clock: Clock): number {
  if (nextDueAt === undefined) return UNTIL_WOKEN;
  const ms = nextDueAt - clock.now();
  return ms > 0 ? ms : BLOCKED_MS;
}

/** One kind of work for one sink. */
export interface Work {
  /** Starts the attempts that may start now. @returns Milliseconds to sleep; 0 when there may be more already. */
  fill(): Promise<number>;
}

/** Repeats one kind of work until `stop`, and sleeps in between until a row is due or `wake` is called. */
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

  /** Resolves when the loop starts nothing any more; running attempts go on. */
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
