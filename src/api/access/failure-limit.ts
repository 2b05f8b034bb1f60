import { BoundedMap } from "../../lib/bounded-map.ts";

const MOST_FAILURES = 5;
const WITHIN_MS = 60_000;
/** Addresses that are remembered; the one that failed longest ago is forgotten first. */
const MOST_ADDRESSES = 1000;

/** Counts the wrong tokens of each address. */
export class FailureLimit {
  /** Times of the last failures of an address, monotonic milliseconds, the newest last. */
  readonly #failures = new BoundedMap<string, readonly number[]>(MOST_ADDRESSES);

  /** Notes a failure. @returns Its number among those of the last minute, from 1 on; above the limit it stays at 6. */
  add(address: string, now: number): number {
    const recent = this.#recent(address, now);
    const all = [...recent, now];
    // Beyond the limit only the five before count, so that an address is not shut out for ever.
    this.#failures.set(address, all.slice(0, MOST_FAILURES));
    return all.length;
  }

  /** Milliseconds until this address may fail again; 0 when it may now. */
  waitMs(address: string, now: number): number {
    const recent = this.#recent(address, now);
    const [oldest = now] = recent;
    return recent.length < MOST_FAILURES ? 0 : oldest + WITHIN_MS - now;
  }

  #recent(address: string, now: number): readonly number[] {
    return (this.#failures.peek(address) ?? []).filter((at) => at > now - WITHIN_MS);
  }
}
