import type { Batch, Position } from "../event/index.ts";
import { joinKey } from "../lib/joined-key.ts";

/** Names a stream of events. */
export type Stream = Pick<Position, "cluster" | "scope">;

/** How far the Events of each stream were read. */
export class StreamCoverage {
  /** By key of the stream. */
  readonly #positions: Map<string, Position>;
  /** Keys of streams that have been live at least once, so that their first list was read. */
  readonly #listed = new Set<string>();
  /** Keys of streams that are live now; their lists are only safety lists. */
  readonly #live = new Set<string>();

  /** @param positions From the store. */
  constructor(positions: readonly Position[]) {
    this.#positions = new Map(positions.map((position) => [keyOf(position), position]));
  }

  /** The stored positions. */
  get positions(): readonly Position[] {
    return [...this.#positions.values()];
  }

  /** Records a stored position. */
  recordPosition(position: Position): void {
    this.#positions.set(keyOf(position), position);
  }

  /**
   * Records that the stream of a scope is live.
   *
   * @param streams All streams of the source.
   * @returns Whether the first list of another stream of its cluster is still to come.
   */
  recordLive(stream: Stream, streams: readonly Stream[]): boolean {
    this.#listed.add(keyOf(stream));
    this.#live.add(keyOf(stream));
    return streams.some((other) => other.cluster === stream.cluster && !this.#listed.has(keyOf(other)));
  }

  recordGap(stream: Stream): void {
    this.#live.delete(keyOf(stream));
  }

  /** Whether more pages of a first list, or of one after a gap, are still to come; messages wait for its end. */
  isListing(batch: Batch): boolean {
    return batch.via === "list" && !batch.listEnds && !this.#live.has(keyOf(batch));
  }

  /** The version up to which the watch of the batch's stream was read; undefined in another epoch. */
  readUpTo(batch: Batch): string | undefined {
    const position = this.#positions.get(keyOf(batch));
    return position?.epoch === batch.epoch ? position.resourceVersion : undefined;
  }
}

function keyOf({ cluster, scope }: Stream): string {
  return joinKey([cluster, scope]);
}
