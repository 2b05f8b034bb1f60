/** A Map that forgets its least recently used entry when it is full. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #limit: number;

  /** @param limit Most entries kept, 1 or more. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Reads the value and makes it the most recently used. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  /** Reads the value and leaves the order as it is. */
  peek(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  /** Sets the value; returns the key that was forgotten for it, if any. */
  set(key: Key, value: Value): Key | undefined {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return undefined;
    const [oldest] = this.#entries.keys();
    if (oldest === undefined) return undefined;
    this.#entries.delete(oldest);
    return oldest;
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  entries(): MapIterator<[Key, Value]> {
    return this.#entries.entries();
  }
}
