/** Keys of one lease (apiserver pkg/storage/etcd3/lease_manager.go). */
const MOST_KEYS = 1000;
const LONGEST_REUSE_MS = 60_000;
const REUSE_SHARE = 0.05;

interface Lease {
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly keys: Set<string>;
  /** Writes that took the lease, also those whose key has moved on since. */
  writes: number;
}

/**
 * The times to live of all keys. Keys share a lease for up to 5 % of the TTL, so they expire late and in batches.
 */
export class Leases {
  readonly #ttlMs: number;
  readonly #reuseMs: number;
  /** Oldest first. */
  readonly #leases: Lease[] = [];
  readonly #leaseOf = new Map<string, Lease>();

  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs;
    this.#reuseMs = Math.min(LONGEST_REUSE_MS, ttlMs * REUSE_SHARE);
  }

  /** Gives a key its full time to live, from `now` on. */
  renew(key: string, now: number): void {
    this.drop(key);
    let lease = this.#leases.at(-1);
    if (lease === undefined || now + this.#ttlMs > lease.expiresAt || lease.writes >= MOST_KEYS) {
      lease = { expiresAt: now + this.#ttlMs + this.#reuseMs, keys: new Set(), writes: 0 };
      this.#leases.push(lease);
    }
    lease.keys.add(key);
    lease.writes += 1;
    this.#leaseOf.set(key, lease);
  }

  drop(key: string): void {
    this.#leaseOf.get(key)?.keys.delete(key);
    this.#leaseOf.delete(key);
  }

  /** The expired keys, one batch per lease, each in key order; the leases forget them. */
  expire(now: number): readonly (readonly string[])[] {
    const batches: string[][] = [];
    for (let [lease] = this.#leases; lease !== undefined && lease.expiresAt <= now; [lease] = this.#leases) {
      this.#leases.shift();
      for (const key of lease.keys) this.#leaseOf.delete(key);
      if (lease.keys.size > 0) batches.push([...lease.keys].toSorted());
    }
    return batches;
  }

  /** Epoch milliseconds of the next end of a lease. */
  get nextExpiryAt(): number | undefined {
    return this.#leases[0]?.expiresAt;
  }
}
