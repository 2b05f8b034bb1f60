import type { OwnerRow } from "../alert/index.ts";
import type { Position } from "../event/index.ts";
import { streamKey } from "./stream-coverage.ts";

/** Rows that wait at most: the owner index has so many of the newest in memory and more. */
const MOST_OWNERS = 2000;

/**
 * Rows from which nothing has been concluded yet. They may wait for the next commit: a process that ends before reads the
 * same Events again.
 */
export class CarriedRows {
  /** By key of the stream. */
  readonly #positions = new Map<string, Position>();
  /** By object. */
  readonly #owners = new Map<string, OwnerRow>();

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#positions.size === 0 && !this.hasOwners;
  }

  /** Whether owners wait. */
  get hasOwners(): boolean {
    return this.#owners.size > 0;
  }

  /** Whether they are too many to wait. */
  get isFull(): boolean {
    return this.#owners.size >= MOST_OWNERS;
  }

  /** Newer rows take the place of older ones; what two rows say of one object is put together. */
  add(positions: readonly Position[], owners: readonly OwnerRow[]): void {
    for (const position of positions) this.#positions.set(streamKey(position), position);
    for (const row of owners) this.#owners.set(row.object, joined(this.#owners.get(row.object), row));
  }

  /** Hands them out, to be stored now. */
  drain(): { readonly positions: readonly Position[]; readonly owners: readonly OwnerRow[] } {
    const rows = { positions: [...this.#positions.values()], owners: [...this.#owners.values()] };
    this.#positions.clear();
    this.#owners.clear();
    return rows;
  }
}

/** As the store puts two rows together. */
function joined(older: OwnerRow | undefined, newer: OwnerRow): OwnerRow {
  if (older === undefined) return newer;
  return {
    object: newer.object,
    owner: older.owner === "" ? newer.owner : older.owner,
    node: newer.node === "" ? older.node : newer.node,
    expiresAt: Math.max(older.expiresAt, newer.expiresAt),
  };
}
