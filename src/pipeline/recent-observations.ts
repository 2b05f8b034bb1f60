import type { Observation } from "../event/index.ts";

/** At least this many objects are remembered, and at most twice as many. */
const OBJECTS = 2500;

/** Observations of one object that are kept, the newest ones. */
const MOST_OF_ONE = 4;

/** A counter-event that no alert awaited when it came. */
export interface RecentObservation {
  readonly observation: Observation;
  /** Epoch milliseconds by our clock. */
  readonly receivedAt: number;
}

/**
 * Counter-events that no alert awaited. An Event about a problem may arrive after the counter-event that ended it; then
 * they show that the problem is over. They are in memory only, like the engine's own memory of counter-events.
 */
export class RecentObservations {
  /**
   * Keyed by object. A full generation becomes the old one, and the old one is forgotten, so none is deleted singly.
   */
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

  /** Takes out the counter-events of an object, oldest first. */
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
