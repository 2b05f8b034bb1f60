/** Keys in order. A question sorts them, so that the writes before it cost nothing. */
export class KeyIndex {
  #keys: string[] = [];
  #dirty = false;

  add(key: string): void {
    this.#dirty ||= this.#keys.length > 0 && key <= (this.#keys.at(-1) ?? "");
    this.#keys.push(key);
  }

  /** Drops missing keys. */
  retain(isKept: (key: string) => boolean): void {
    this.#keys = this.#keys.filter(isKept);
  }

  /** Keys at or after `start` that begin with `prefix`, in order. */
  *from(start: string, prefix: string): Generator<string> {
    if (this.#dirty) {
      this.#keys = this.#keys.toSorted((a, b) => (a < b ? -1 : 1));
      this.#dirty = false;
    }
    // A walk keeps the array that it began with, also when the index is sorted or trimmed meanwhile.
    const keys = this.#keys;
    for (let index = lowerBound(keys, start < prefix ? prefix : start); index < keys.length; index++) {
      const key = keys[index];
      if (key === undefined || !key.startsWith(prefix)) return;
      yield key;
    }
  }
}

function lowerBound(keys: readonly string[], start: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
