import { fingerprint } from "../lib/hash.ts";
import { truncate } from "../lib/text.ts";
import { SinkDestination, type SinkDestinationDeps } from "./sink-destination.ts";

/** A sink has at most this many destinations with a pace and a circuit breaker of their own. */
export const MOST_DESTINATIONS = 256;

/** Name of the destination that stands for all beyond the bound. */
export const SHARED = "others";

/** Longer names, such as long lists of recipients, are cut and made unique by a hash. */
const LONGEST_NAME = 200;

/** The destinations of one sink; bounded, for an idle one is forgotten when another needs its place. */
export class SinkDestinations {
  readonly #deps: SinkDestinationDeps;
  /** By name, the one used longest ago first. */
  readonly #known = new Map<string, SinkDestination>();
  #shared: SinkDestination | undefined;

  constructor(deps: SinkDestinationDeps) {
    this.#deps = deps;
  }

  /** The destination of this name. Beyond the bound, while no other is idle: the one that all further ones share. */
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

  /** Whether this destination stands for several. */
  isShared(destination: SinkDestination): boolean {
    return destination === this.#shared;
  }

  *[Symbol.iterator](): Generator<SinkDestination, void> {
    yield* this.#known.values();
    if (this.#shared !== undefined) yield this.#shared;
  }

  /** @returns Whether there was an idle one. */
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
