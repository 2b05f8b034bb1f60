import { GenerationMap } from "../../lib/generation-map.ts";

/** Rows that are kept at least; at most twice as many, about 8 MB. */
const ROWS = 10_000;

/** A row that is forgotten some time. */
interface Row {
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Rows as the store has them, so that they need not be asked for. Only the holder of a partition writes its rows, so
 * they are true as long as it holds the partition.
 */
export class RowCache<Value extends Row> {
  readonly #rows = new GenerationMap<string, Value>(ROWS);
  /** Rows that expire by then may be gone from the store. */
  #trimmedAt = 0;

  /** Divides keys into rows that are known, and keys that the store has to be asked for. */
  find(keys: readonly string[]): { readonly known: Map<string, Value>; readonly unknown: readonly string[] } {
    const known = new Map<string, Value>();
    const unknown: string[] = [];
    for (const key of keys) {
      const row = this.#rows.get(key);
      if (row !== undefined && row.expiresAt > this.#trimmedAt) known.set(key, row);
      else unknown.push(key);
    }
    return { known, unknown };
  }

  /** The store has this row. */
  set(key: string, row: Value): void {
    this.#rows.set(key, row);
  }

  /** The store begins to forget rows that expire by then. @param now Epoch milliseconds. */
  trim(now: number): void {
    this.#trimmedAt = Math.max(this.#trimmedAt, now);
  }
}
