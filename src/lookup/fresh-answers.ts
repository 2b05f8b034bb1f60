import type { Fact } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";

/** How long an answer is good enough for a message, milliseconds. */
const FRESH_MS = 10_000;

/** An answer about one object. */
export type Known = Pick<Fact, "at" | "found">;

/** The answers of the last ten seconds, and no older ones: the state of a pod may be large. */
export class FreshAnswers {
  readonly #clock: Clock;
  /** By path, the oldest first. Times are of the monotonic clock. */
  readonly #answers = new Map<string, { readonly until: number; readonly known: Known }>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Answers in memory. */
  get size(): number {
    return this.#answers.size;
  }

  get(path: string): Known | undefined {
    const answer = this.#answers.get(path);
    return answer !== undefined && this.#clock.monotonic() < answer.until ? answer.known : undefined;
  }

  set(path: string, known: Known): void {
    this.#answers.delete(path);
    this.#answers.set(path, { until: this.#clock.monotonic() + FRESH_MS, known });
    this.#awaitOldest();
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#answers.clear();
  }

  #awaitOldest(): void {
    const [oldest] = this.#answers.values();
    if (oldest === undefined) return;
    this.#cancel ??= this.#clock.after(oldest.until - this.#clock.monotonic(), () => {
      this.#cancel = undefined;
      const now = this.#clock.monotonic();
      for (const [path, { until }] of this.#answers) {
        if (now < until) break;
        this.#answers.delete(path);
      }
      this.#awaitOldest();
    });
  }
}
