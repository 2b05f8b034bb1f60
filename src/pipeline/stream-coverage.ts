import type { Batch, Position } from "../event/index.ts";

/** How far the Events of each scope were read. */
export class StreamCoverage {
  /** Keyed by scope. */
  readonly #positions: Map<string, Position>;
  /** Scopes that have been live at least once, so that their first list was read. */
  readonly #listed = new Set<string>();
  /** Scopes that are live now; their lists are only safety lists. */
  readonly #live = new Set<string>();

  /** @param positions From the store. */
  constructor(positions: readonly Position[]) {
    this.#positions = new Map(positions.map((position) => [position.scope, position]));
  }

  /** The stored positions. */
  get positions(): readonly Position[] {
    return [...this.#positions.values()];
  }

  /** Records a stored position. */
  recordPosition(position: Position): void {
    this.#positions.set(position.scope, position);
  }

  /**
   * Records that the stream of a scope is live.
   *
   * @param scopes All scopes of the source.
   * @returns Whether the first list of another scope is still to come.
   */
  recordLive(scope: string, scopes: readonly string[]): boolean {
    this.#listed.add(scope);
    this.#live.add(scope);
    return scopes.some((other) => !this.#listed.has(other));
  }

  recordGap(scope: string): void {
    this.#live.delete(scope);
  }

  /** Whether more pages of a first list, or of one after a gap, are still to come; messages wait for its end. */
  isListing({ via, listEnds, scope }: Batch): boolean {
    return via === "list" && !listEnds && !this.#live.has(scope);
  }

  /** The version up to which the watch of the batch's scope was read; undefined in another epoch. */
  readUpTo({ scope, epoch }: Batch): string | undefined {
    const position = this.#positions.get(scope);
    return position?.epoch === epoch ? position.resourceVersion : undefined;
  }
}
