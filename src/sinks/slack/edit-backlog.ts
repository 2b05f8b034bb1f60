import type { Clock } from "../../lib/clock.ts";

/** An edit that has waited for so long was replaced by a newer message, or by the end of this process. */
const FORGOTTEN_MS = 120_000;

/** With so many edits waiting, at 45 a minute, the state that another one would show is old when its turn comes. */
const MOST_WAITING = 30;

/** The edits that wait for their pace, as far as this process knows: in a storm, those that can be left out are. */
export class EditBacklog {
  readonly #clock: Clock;
  /** Keyed by message: since when its edit waits, on a clock that never goes backwards. */
  readonly #waiting = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get hasTime(): boolean {
    const since = this.#clock.monotonic() - FORGOTTEN_MS;
    for (const [message, at] of this.#waiting) if (at < since) this.#waiting.delete(message);
    return this.#waiting.size < MOST_WAITING;
  }

  /** An edit of this message waits from now on. */
  add(message: string): void {
    this.#waiting.set(message, this.#clock.monotonic());
  }

  /** The edit of this message waits no more. */
  delete(message: string): void {
    this.#waiting.delete(message);
  }
}
