import type { OwnerRow } from "../alert/index.ts";
import { ownerChains } from "../event/index.ts";
import { BoundedMap } from "../lib/bounded-map.ts";
import { GenerationMap } from "../lib/generation-map.ts";
import type { EngineStore } from "../store/index.ts";

/** Objects in memory; the store has all. */
const MOST_CACHED = 10_000;

/** Of one of the two generations. */
const GENERATION = MOST_CACHED / 2;

/** A used row is kept for at least this time. */
const RENEWAL_MS = 24 * 3_600_000;

type Known = Pick<OwnerRow, "owner" | "node" | "expiresAt">;

/** The store has no row either. */
const UNKNOWN: Known = { owner: "", node: "", expiresAt: Infinity };

/** The known owners and nodes of objects: the newest in memory, all in the store. */
export class OwnerIndex {
  readonly #store: Pick<EngineStore, "owners">;
  readonly #known = new GenerationMap<string, Known>(GENERATION);
  readonly #chains = ownerChains((object) => this.#known.peek(object)?.owner);
  /** Objects that were looked up, with or without success, so that none is looked up twice. */
  readonly #asked = new BoundedMap<string, true>(MOST_CACHED);
  /** Objects that were used since the last `drainRenewals`. */
  readonly #used = new Set<string>();

  constructor(store: Pick<EngineStore, "owners">) {
    this.#store = store;
  }

  /** Adds what an event says about an object. @returns Whether it is new, so that the row has to be stored. */
  learn(row: OwnerRow): boolean {
    const before = this.#known.get(row.object) ?? UNKNOWN;
    const owner = before.owner === "" ? row.owner : before.owner;
    const node = row.node === "" ? before.node : row.node;
    if (owner === before.owner && node === before.node) return false;
    this.#known.set(row.object, { owner, node, expiresAt: row.expiresAt });
    return true;
  }

  /** Reads the rows of these objects and of their owners from the store, for `ownersOf` and `nodeOf`. */
  async load(objects: Iterable<string>): Promise<void> {
    await this.#chains.load(objects, async (level) => {
      const missing = level.filter((object) => this.#known.peek(object) === undefined);
      if (missing.length > 0) {
        const rows = await this.#store.owners(missing);
        for (const object of missing) this.#known.set(object, rows.get(object) ?? UNKNOWN);
      }
      for (const object of level) this.#used.add(object);
    });
  }

  /**
   * The used rows that would expire soon, with a later end, to be stored; each once.
   *
   * @param now Epoch milliseconds.
   */
  drainRenewals(now: number): readonly OwnerRow[] {
    const rows: OwnerRow[] = [];
    for (const object of this.#used) {
      const known = this.#known.peek(object);
      if (known === undefined || known.expiresAt >= now + RENEWAL_MS / 2) continue;
      const renewed = { ...known, expiresAt: now + RENEWAL_MS };
      this.#known.set(object, renewed);
      rows.push({ object, ...renewed });
    }
    this.#used.clear();
    return rows;
  }

  /** The object to look up for more owners: the last known owner, or the object itself; undefined when it was asked. */
  toAsk(object: string): string | undefined {
    const top = this.#chains.topOf(object);
    return top !== undefined && this.#asked.peek(top) === undefined ? top : undefined;
  }

  /** Records that these objects were looked up. */
  recordAsked(objects: Iterable<string>): void {
    for (const object of objects) this.#asked.set(object, true);
  }

  /** The known owners of an object, nearest first, `Kind/name`. */
  ownersOf(object: string): readonly string[] {
    return this.#chains.of(object);
  }

  /** The node of a Pod; "" when unknown. */
  nodeOf(object: string): string {
    return this.#known.peek(object)?.node ?? "";
  }
}
