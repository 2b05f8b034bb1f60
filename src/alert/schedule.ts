interface Entry {
  readonly at: number;
  readonly key: string;
}

/** Why a key that is due has to wait. */
export interface Wait {
  /** Epoch milliseconds, in the future: the end of the wait. */
  readonly until: number;
  /** The cause of the wait; `resume` takes it. */
  readonly cause: string;
}

/**
 * Keeps when each key is due, as a binary heap. Callers see each key once. Of keys that are due at the same instant the
 * smallest comes first, so that a restart changes no order.
 */
export class Schedule {
  readonly #due = new Map<string, number>();
  /** When postponed keys were due, until they are set, taken or resumed. */
  readonly #postponed = new Map<string, number>();
  /** Postponed keys by what they wait for; may have outdated keys. */
  readonly #waiting = new Map<string, Set<string>>();
  /** May have outdated entries; an entry counts only while it agrees with `#due`. */
  readonly #heap: Entry[] = [];

  get size(): number {
    return this.#due.size;
  }

  /** Sets or moves a key; `undefined` and infinity take it out. `at` is in epoch milliseconds. */
  set(key: string, at: number | undefined): void {
    this.#postponed.delete(key);
    this.#move(key, at);
  }

  /** Moves a key to an earlier time; a later one changes nothing. `at` is in epoch milliseconds. */
  bring(key: string, at: number): void {
    if (at < (this.#due.get(key) ?? Infinity)) this.set(key, at);
  }

  #move(key: string, at: number | undefined): void {
    if (at === undefined || !Number.isFinite(at)) {
      this.#due.delete(key);
      return;
    }
    if (this.#due.get(key) === at) return;
    this.#due.set(key, at);
    this.#push({ at, key });
    // Most timers move often and few ever run, so outdated entries would pile up without this.
    if (this.#heap.length > 64 && this.#heap.length > 2 * this.#due.size) this.#rebuild();
  }

  /** The earliest instant, or undefined. */
  next(): number | undefined {
    this.#dropOutdated();
    return this.#heap[0]?.at;
  }

  /**
   * Takes out one key that is due at `now`, earliest first; undefined when none is.
   *
   * @param waitOf The wait of a key that was due at a time; the key is postponed then. Undefined: it does not wait.
   */
  take(now: number, waitOf?: (key: string, dueAt: number) => Wait | undefined): string | undefined {
    for (;;) {
      this.#dropOutdated();
      const first = this.#heap[0];
      if (first === undefined || first.at > now) return undefined;
      const { key } = first;
      const dueAt = this.#postponed.get(key) ?? first.at;
      const wait = waitOf?.(key, dueAt);
      this.#pop();
      this.#due.delete(key);
      this.#postponed.delete(key);
      if (wait === undefined) return key;
      this.#postpone(key, dueAt, wait);
    }
  }

  /** Ends the wait of the keys that wait for this: they are due again when they were due. */
  resume(cause: string): void {
    const keys = this.#waiting.get(cause) ?? [];
    this.#waiting.delete(cause);
    for (const key of keys) {
      const dueAt = this.#postponed.get(key);
      if (dueAt !== undefined) this.set(key, dueAt);
    }
  }

  #postpone(key: string, dueAt: number, { until, cause }: Wait): void {
    this.#move(key, until);
    this.#postponed.set(key, dueAt);
    const waiting = this.#waiting.get(cause);
    if (waiting === undefined) this.#waiting.set(cause, new Set([key]));
    else waiting.add(key);
  }

  #dropOutdated(): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#due.get(first.key) === first.at) return;
      this.#pop();
    }
  }

  #rebuild(): void {
    const entries = [...this.#due]
      .map(([key, at]) => ({ key, at }))
      .toSorted((a, b) => (isBefore(a, b) ? -1 : 1));
    // A sorted array is a heap.
    this.#heap.splice(0, this.#heap.length, ...entries);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let child = heap.push(entry) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let parent = 0;
    for (;;) {
      const left = heap[2 * parent + 1];
      const right = heap[2 * parent + 2];
      const below = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (below === undefined || !isBefore(below, last)) break;
      heap[parent] = below;
      parent = 2 * parent + (below === right ? 2 : 1);
    }
    heap[parent] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.key < b.key);
}
