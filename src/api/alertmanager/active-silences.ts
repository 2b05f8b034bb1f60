import { type AlertState, type Silence, standingOf } from "../../alert/index.ts";

interface Entry {
  readonly id: string;
  readonly matches: (alert: Pick<AlertState, "labels">) => boolean;
}

/**
 * The silences that hold at one moment. Most of them name a label's value: an alert is held against those of its own
 * values only, so that 1,000 silences and 100,000 alerts are no hundred million comparisons.
 */
export class ActiveSilences {
  /** By label, then by value. */
  readonly #named = new Map<string, Map<string, Entry[]>>();
  readonly #others: Entry[] = [];

  /** @param now Epoch milliseconds. */
  constructor(silences: readonly Silence[], now: number) {
    for (const silence of silences) {
      const { isOn, matches } = standingOf(silence, now);
      if (isOn) this.#roomOf(silence).push({ id: silence.id, matches });
    }
  }

  /** The ids of those that hold an alert back, in their order. */
  idsOn({ labels }: Pick<AlertState, "labels">): readonly string[] {
    const named = [...this.#named].flatMap(([label, byValue]) => byValue.get(labels[label] ?? "") ?? []);
    return [...this.#others, ...named]
      .filter(({ matches }) => matches({ labels }))
      .map(({ id }) => id)
      .toSorted();
  }

  #roomOf({ match }: Silence): Entry[] {
    for (const [label, value] of Object.entries(match)) {
      if (typeof value !== "string") continue;
      const byValue = getOrMake(this.#named, label, () => new Map<string, Entry[]>());
      return getOrMake(byValue, value, () => []);
    }
    return this.#others;
  }
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}
