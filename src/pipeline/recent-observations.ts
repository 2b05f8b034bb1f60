import { type Observation, ObjectKey, observe, type RawEvent } from "../event/index.ts";
import { ByteShelf, type ByteShelfLimits, type ByteSpan } from "../lib/byte-shelf.ts";
import { smallHash } from "../lib/small-hash.ts";

/** At least this many objects are remembered, and at most twice as many; fewer when their Events are very large. */
const OBJECTS = 2500;

/** Of one generation. */
const LIMITS: ByteShelfLimits = { ofOneKey: 4, bytes: 24 * 2 ** 20 };

/** A counter-event that no alert awaited when it came. */
export interface RecentObservation {
  readonly observation: Observation;
  /** Epoch milliseconds by our clock. */
  readonly receivedAt: number;
}

/**
 * Counter-events that no alert awaited, the newest four of each object. An Event about a problem may arrive after the
 * counter-event that ended it; then they show that the problem is over. They are in memory only, like the engine's own
 * memory of counter-events. Most Events of a cluster come through here, and hardly any is ever taken out: they are kept
 * as bytes.
 */
export class RecentObservations {
  /** By hash of the object. A full generation becomes the old one, and the old one is forgotten, so none is deleted singly. */
  #young = new ByteShelf(LIMITS);
  #old = new ByteShelf(LIMITS);

  remember(observation: Observation, receivedAt: number): void {
    const key = smallHash(observation.object);
    const line = observation.line ?? lineOf(observation.raw);
    if (!this.#young.has(key)) {
      if (this.#young.size === OBJECTS) this.#beginGeneration();
      for (const known of this.#old.take(key)) this.#young.put(key, known, known.mark);
    }
    if (this.#young.put(key, line, receivedAt)) return;
    this.#beginGeneration();
    this.#young.put(key, line, receivedAt);
  }

  /** Takes out the counter-events of an object, oldest first. */
  take(object: string): readonly RecentObservation[] {
    const key = smallHash(object);
    const shelf = this.#young.has(key) ? this.#young : this.#old;
    const { cluster } = ObjectKey.parse(object);
    const known = shelf.take(key).map(({ mark, ...line }) => ({
      observation: observe(parse(line), cluster),
      receivedAt: mark,
    }));
    // Two objects may have one hash, once in a thousand million; then the other one is forgotten too.
    return known.filter(({ observation }) => observation.object === object);
  }

  #beginGeneration(): void {
    [this.#old, this.#young] = [this.#young, this.#old];
    this.#young.clear();
  }
}

function lineOf(object: RawEvent): ByteSpan {
  const bytes = Buffer.from(JSON.stringify({ object }));
  return { bytes, from: 0, to: bytes.length };
}

function parse({ bytes, from, to }: ByteSpan): RawEvent {
  // A line of a watch, or one of `lineOf`.
  return (JSON.parse(bytes.toString("utf8", from, to)) as { readonly object: RawEvent }).object;
}
