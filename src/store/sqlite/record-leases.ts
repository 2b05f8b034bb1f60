/**
 * At least this many ids of ended records are remembered, and at most twice as many, so that a repeated commit adds no
 * ended record again. A commit is repeated only right after it seemed to fail, in the same process. After a restart the
 * seen row, stored in the same transaction, keeps the same record from being made again.
 */
const REMEMBERED = 10_000;

/** The lease of a record by this process. */
export interface RecordLease {
  readonly seq: number;
  readonly sink: string;
  readonly attempt: number;
  /** Of its body. */
  readonly bytes: number;
}

/**
 * The leases of records, in memory only. Records come by the thousand, no other process uses the file, and at the end
 * of this process every lease is void anyway.
 */
export class RecordLeases {
  /** Keyed by id, in the order of leasing. */
  readonly #leases = new Map<string, RecordLease>();
  readonly #seqs = new Set<number>();
  readonly #cursors = new Map<string, number>();
  #ended = new Set<string>();
  #endedBefore: ReadonlySet<string> = this.#ended;

  get(id: string): RecordLease | undefined {
    return this.#leases.get(id);
  }

  has(seq: number): boolean {
    return this.#seqs.has(seq);
  }

  seqsOf(sink: string): readonly number[] {
    return [...this.#leases.values()].flatMap((lease) => (lease.sink === sink ? [lease.seq] : []));
  }

  /** Up to this seq all records of the sink are leased or ended, so a scan may start behind it. */
  cursor(sink: string): number {
    return this.#cursors.get(sink) ?? 0;
  }

  moveCursor(sink: string, seq: number): void {
    this.#cursors.set(sink, seq);
  }

  /** A scan has to start with the first row. */
  resetCursor(sink: string): void {
    this.#cursors.delete(sink);
  }

  lease(id: string, lease: RecordLease): void {
    this.#leases.set(id, lease);
    this.#seqs.add(lease.seq);
  }

  /** Ends a record; its id is remembered for a while. */
  end(id: string): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    this.#forget(id, lease);
    if (this.#ended.size >= REMEMBERED) [this.#endedBefore, this.#ended] = [this.#ended, new Set()];
    this.#ended.add(id);
  }

  hasEnded(id: string): boolean {
    return this.#ended.has(id) || this.#endedBefore.has(id);
  }

  /** Lets a record wait again. */
  giveBack(id: string): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    this.#forget(id, lease);
    this.#cursors.set(lease.sink, Math.min(this.cursor(lease.sink), lease.seq - 1));
  }

  /** Lets all records of a sink wait again. */
  endAll(sink: string): void {
    for (const [id, lease] of this.#leases) if (lease.sink === sink) this.#forget(id, lease);
    this.resetCursor(sink);
  }

  #forget(id: string, lease: RecordLease): void {
    this.#leases.delete(id);
    this.#seqs.delete(lease.seq);
  }
}
