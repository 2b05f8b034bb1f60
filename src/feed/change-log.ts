/** One change. All readers get the same object, so that a reader may keep what it made of it. */
export interface Change {
  /** 1 for the first change of the process, and 1 more for each that follows. */
  readonly n: number;
  /** `alert`, `group`, `silence` or `delivery`. */
  readonly kind: string;
  /** Unique within its kind: fingerprint, group key or id. */
  readonly key: string;
  /** Whether it is forgotten; otherwise it is new, or different from before. */
  readonly isGone: boolean;
}

/** The size of a log: the newest changes, one of each key. */
export interface ChangeLogLimits {
  readonly changes: number;
  /** UTF-16 bytes of kinds and keys together. */
  readonly bytes: number;
}

/** The newest changes in their order. The log has keys only; a reader reads the state of a key where it is kept. */
export class ChangeLog {
  readonly #limits: ChangeLogLimits;
  /** By kind and key, the oldest first. */
  readonly #changes = new Map<string, Change>();
  #bytes = 0;
  #last = 0;
  /** Number of the newest dropped change. */
  #dropped = 0;

  constructor(limits: ChangeLogLimits) {
    this.#limits = limits;
  }

  /** The number of the newest change; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** A change of the same key replaces an older one. */
  add(kind: string, key: string, isGone: boolean): void {
    const id = `${kind} ${key}`;
    if (!this.#changes.delete(id)) this.#bytes += bytesOf(id);
    this.#last += 1;
    this.#changes.set(id, { n: this.#last, kind, key, isGone });
    while (this.#changes.size > this.#limits.changes || this.#bytes > this.#limits.bytes) this.#dropOldest();
  }

  /**
   * The changes since a number, the oldest first and of each key only the newest; "too-old" when the changes behind
   * that number are dropped, or were never made.
   *
   * @param n `last` or the number of a change, as of an earlier moment.
   */
  since(n: number): readonly Change[] | "too-old" {
    if (n < this.#dropped || n > this.#last) return "too-old";
    const changes: Change[] = [];
    for (const change of this.#changes.values()) if (change.n > n) changes.push(change);
    return changes;
  }

  #dropOldest(): void {
    for (const [id, { n }] of this.#changes) {
      this.#changes.delete(id);
      this.#bytes -= bytesOf(id);
      this.#dropped = n;
      return;
    }
  }
}

function bytesOf(id: string): number {
  return 2 * id.length;
}
