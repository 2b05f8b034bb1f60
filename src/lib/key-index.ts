/** Key → fingerprints. Nearly every key has one, kept as a bare string then, since a Set costs 200 bytes. */
export class KeyIndex<Key extends string | number = string> {
  readonly #entries = new Map<Key, string | Set<string>>();

  get size(): number {
    return this.#entries.size;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  get(key: Key): Iterable<string> | undefined {
    const entry = this.#entries.get(key);
    return typeof entry === "string" ? [entry] : entry;
  }

  /** How many stand under a key. */
  count(key: Key): number {
    const entry = this.#entries.get(key);
    return typeof entry === "string" ? 1 : (entry?.size ?? 0);
  }

  add(key: Key, fingerprint: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, fingerprint);
    else if (typeof entry !== "string") entry.add(fingerprint);
    else if (entry !== fingerprint) this.#entries.set(key, new Set([entry, fingerprint]));
  }

  delete(key: Key, fingerprint: string): void {
    const entry = this.#entries.get(key);
    if (entry === fingerprint) this.#entries.delete(key);
    else if (typeof entry === "object") {
      entry.delete(fingerprint);
      if (entry.size === 0) this.#entries.delete(key);
    }
  }

  clear(): void {
    this.#entries.clear();
  }
}
