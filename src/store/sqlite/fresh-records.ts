import type { NewRecord } from "../../alert/index.ts";

/** A record as it was stored. */
export interface StoredRecord {
  readonly seq: number;
  readonly record: NewRecord;
  /** Of its body, in UTF-8. */
  readonly bytes: number;
}

/** Bytes of bodies that wait here at most, for all sinks together. */
const MOST_BYTES = 4 * 2 ** 20;

/**
 * Records that wait for their first lease, in memory as well as in the file, so that a lease soon after the commit reads
 * nothing. Of a sink either all records that wait are here, or none is: then only the file has them.
 */
export class FreshRecords {
  /** Oldest first. */
  readonly #waiting = new Map<string, StoredRecord[]>();
  #bytes = 0;

  /** No record of the sink waits now: those that come are kept. */
  begin(sink: string): void {
    if (!this.#waiting.has(sink)) this.#waiting.set(sink, []);
  }

  /** A new record of its sink waits. */
  add(stored: StoredRecord): void {
    const { sink } = stored.record;
    const waiting = this.#waiting.get(sink);
    if (waiting === undefined) return;
    if (this.#bytes + stored.bytes > MOST_BYTES) return this.forget(sink);
    waiting.push(stored);
    this.#bytes += stored.bytes;
  }

  /** All that wait for the sink; undefined when only the file has them. */
  of(sink: string): readonly StoredRecord[] | undefined {
    return this.#waiting.get(sink);
  }

  /** Takes the oldest records out. */
  take(sink: string, limit: number): readonly StoredRecord[] {
    const taken = this.#waiting.get(sink)?.splice(0, limit) ?? [];
    for (const { bytes } of taken) this.#bytes -= bytes;
    return taken;
  }

  /** The file has records of the sink that are not here. */
  forget(sink: string): void {
    this.take(sink, Infinity);
    this.#waiting.delete(sink);
  }
}
