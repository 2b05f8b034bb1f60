import type { Batch, Position } from "../event/index.ts";
import { joinKey } from "../lib/joined-key.ts";

/** Names a stream of events. */
export type Stream = Pick<Position, "cluster" | "scope">;

/** How far the Events of each stream were read. */
export class StreamCoverage {
  /** Up to where the engine has the Events, by key of the stream. */
  readonly #read: Map<string, Position>;
  /** Up to where this is stored, by key of the stream. */
  readonly #stored: Map<string, Position>;
  /** Keys of streams that have been live at least once, so that their first list was read. */
  readonly #listed = new Set<string>();
  /** Keys of streams that are live now; their lists are only safety lists. */
  readonly #live = new Set<string>();

  /** @param positions From the store. */
  constructor(positions: readonly Position[]) {
    this.#read = new Map(positions.map((position) => [streamKey(position), position]));
    this.#stored = new Map(this.#read);
  }

  /** The stored positions. */
  get positions(): readonly Position[] {
    return [...this.#stored.values()];
  }

  /** The engine has the Events before this position. */
  recordRead(position: Position): void {
    this.#read.set(streamKey(position), position);
  }

  /** Records a stored position. */
  recordStored(position: Position): void {
    this.#stored.set(streamKey(position), position);
  }

  /**
   * Records that the stream of a scope is live.
   *
   * @param streams All streams of the source.
   * @returns Whether the first list of another stream of its cluster is still to come.
   */
  recordLive(stream: Stream, streams: readonly Stream[]): boolean {
    this.#listed.add(streamKey(stream));
    this.#live.add(streamKey(stream));
    return streams.some((other) => other.cluster === stream.cluster && !this.#listed.has(streamKey(other)));
  }

  recordGap(stream: Stream): void {
    this.#live.delete(streamKey(stream));
  }

  /** Whether more pages of a first list, or of one after a gap, are still to come; messages wait for its end. */
  isListing(batch: Batch): boolean {
    return batch.via === "list" && !batch.listEnds && !this.#live.has(streamKey(batch));
  }

  /** Whether the stream of a batch is live: its lists only make sure. */
  isLive(stream: Stream): boolean {
    return this.#live.has(streamKey(stream));
  }

  /** The version up to which the watch of the batch's stream was read; undefined in another epoch. */
  readUpTo(batch: Batch): string | undefined {
    const position = this.#read.get(streamKey(batch));
    return position?.epoch === batch.epoch ? position.resourceVersion : undefined;
  }
}

/** The key of a stream. */
export function streamKey({ cluster, scope }: Stream): string {
  return joinKey([cluster, scope]);
}
