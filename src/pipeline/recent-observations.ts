import type { Observation } from "../event/index.ts";

/** Objects remembered at least; twice as many at most. */
const OBJECTS = 2500;

/** Observations kept of one object, the newest. */
const MOST_OF_ONE = 4;

/** A counter-event that no alert awaited when it came. */
export interface RecentObservation {
  readonly observation: Observation;
  /** Epoch milliseconds by our clock. */
  readonly receivedAt: number;
}

/**
 * Counter-events that no alert awaited. Where a problem of their object is reported after them although it happened
 * before, they tell that it is over. They are in memory only, as the engine's own memory of counter-events is.
 */
export class RecentObservations {
  /** By object. A full generation becomes the old one, and the old one is forgotten: nothing is deleted one by one. */
  #young = new Map<string, RecentObservation[]>();
  #old: Map<string, RecentObservation[]> = new Map();

  remember(observation: Observation, receivedAt: number): void {
    const { object } = observation;
    let known = this.#young.get(object);
    if (known === undefined) {
      known = this.#old.get(object) ?? [];
      this.#admit(object, known);
    }
    if (known.length === MOST_OF_ONE) known.shift();
    known.push({ observation: observation.kept(), receivedAt });
  }

  /** Hands out what is known of an object, oldest first, and forgets it. */
  take(object: string): readonly RecentObservation[] {
    const known = this.#young.get(object) ?? this.#old.get(object) ?? [];
    this.#young.delete(object);
    this.#old.delete(object);
    return known;
  }

  #admit(object: string, known: RecentObservation[]): void {
    if (this.#young.size === OBJECTS) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(object, known);
  }
}
