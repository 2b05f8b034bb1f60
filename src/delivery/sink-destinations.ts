import { fingerprint } from "../lib/hash.ts";
import { truncate } from "../lib/text.ts";
import { SinkDestination, type SinkDestinationDeps } from "./sink-destination.ts";

/** Destinations of one sink that have a pace and a circuit breaker of their own. */
export const MOST_DESTINATIONS = 256;

/** Name of the destination that all destinations beyond the bound share. */
export const SHARED = "others";

/**
 * Longest name, in UTF-16 units. A longer one, such as a long list of recipients, is cut, and a hash makes it unique.
 */
const LONGEST_NAME = 200;

/** The destinations of one sink, a bounded number: an idle one is forgotten when a new one needs its place. */
export class SinkDestinations {
  readonly #deps: SinkDestinationDeps;
  /** Keyed by name; the one used longest ago is first. */
  readonly #known = new Map<string, SinkDestination>();
  #shared: SinkDestination | undefined;

  constructor(deps: SinkDestinationDeps) {
    this.#deps = deps;
  }

  /** The destination of this name; the shared one when the bound is reached and no other destination is idle. */
  of(fullName: string): SinkDestination {
    const name = shorten(fullName);
    const known = this.#known.get(name);
    if (known !== undefined) {
      this.#known.delete(name);
      this.#known.set(name, known);
      return known;
    }
    if (this.#known.size >= MOST_DESTINATIONS && !this.#forgetIdle()) {
      return (this.#shared ??= new SinkDestination(SHARED, this.#deps));
    }
    const added = new SinkDestination(name, this.#deps);
    this.#known.set(name, added);
    return added;
  }

  /** Whether this is the shared destination. */
  isShared(destination: SinkDestination): boolean {
    return destination === this.#shared;
  }

  *[Symbol.iterator](): Generator<SinkDestination, void> {
    yield* this.#known.values();
    if (this.#shared !== undefined) yield this.#shared;
  }

  /** Forgets the idle destination that was used longest ago. @returns Whether there was one. */
  #forgetIdle(): boolean {
    for (const [name, destination] of this.#known) {
      if (!destination.isIdle) continue;
      this.#known.delete(name);
      return true;
    }
    return false;
  }
}

function shorten(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  const hash = fingerprint([name]);
  return `${truncate(name, LONGEST_NAME - hash.length - 1)} ${hash}`;
}
