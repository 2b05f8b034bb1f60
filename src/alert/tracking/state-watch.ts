import type { AlertIndex } from "../alert-reader.ts";
import { Schedule } from "../schedule.ts";
import type { AlertState } from "../state.ts";

/** Intervals between two looks at an alert, milliseconds: shorter at first. */
const FIRST_INTERVAL_MS = 30_000;
const INTERVAL_MS = 60_000;
const FIRST_FOR_MS = 5 * 60_000;

/** All looks together ask for no more than five objects a second, so that the interval stretches with many alerts. */
const PER_OBJECT_MS = 200;

/** The key of all looks in the schedule. */
const KEY = "watch:";

/** When the objects of each told alert are looked at next, to see whether it is over. */
export class StateWatch implements AlertIndex {
  readonly #schedule: Schedule;
  readonly #asks: boolean;
  /** When each alert is due, by fingerprint. */
  readonly #due = new Schedule();
  readonly #watched = new Set<string>();
  /** Epoch milliseconds: the objects asked for so far fill the time up to here. */
  #busyUntil = 0;

  /** @param asks Whether somebody answers inquiries. */
  constructor(schedule: Schedule, asks: boolean) {
    this.#schedule = schedule;
    this.#asks = asks;
  }

  /** Whether a key of the schedule is that of the looks. */
  static isKey(key: string): boolean {
    return key === KEY;
  }

  /** Number of alerts that are watched. */
  get size(): number {
    return this.#watched.size;
  }

  record(before: AlertState | undefined, after: AlertState | undefined): void {
    const fingerprint = (after ?? before)?.fingerprint ?? "";
    const isWatched = this.#asks && after !== undefined && isToWatch(after);
    if (isWatched === this.#watched.has(fingerprint)) return;
    if (isWatched) this.#watched.add(fingerprint);
    else this.#watched.delete(fingerprint);
    // At once: after a message its facts are young, so that nothing is asked, and after a restart none are known.
    this.#due.set(fingerprint, isWatched ? 0 : undefined);
    this.#reschedule();
  }

  /** Looks at an alert at this time, or sooner if it is due before; epoch milliseconds. */
  lookBy({ fingerprint }: Pick<AlertState, "fingerprint">, at: number): void {
    if (!this.#watched.has(fingerprint)) return;
    this.#due.bring(fingerprint, at);
    this.#reschedule();
  }

  /**
   * Looks at the alerts that are due.
   *
   * @param look Asks for the objects of an alert. @returns How many it asked for, and when the alert fired.
   */
  run(
    now: number,
    look: (fingerprint: string) => { readonly asked: number; readonly firedAt: number },
  ): void {
    while (this.#busyUntil <= now) {
      const fingerprint = this.#due.take(now);
      if (fingerprint === undefined) break;
      const { asked, firedAt } = look(fingerprint);
      this.#busyUntil = Math.max(this.#busyUntil, now) + asked * PER_OBJECT_MS;
      const interval = now < firedAt + FIRST_FOR_MS ? FIRST_INTERVAL_MS : INTERVAL_MS;
      if (this.#watched.has(fingerprint)) this.#due.set(fingerprint, now + interval);
    }
    this.#reschedule();
  }

  #reschedule(): void {
    const next = this.#due.next();
    this.#schedule.set(KEY, next === undefined ? undefined : Math.max(next, this.#busyUntil));
  }
}

/** Whether an alert was told, and a state can show its end. */
function isToWatch({ phase, isTold, overflow, lifecycle, proof }: AlertState): boolean {
  return phase === "firing" && isTold && overflow !== true && (lifecycle !== "point" || proof !== undefined);
}
