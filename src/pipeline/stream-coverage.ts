import type { Batch, Position } from "../event/index.ts";

/** How much of each scope's Events has been read. */
export class StreamCoverage {
  /** Keyed by scope. */
  readonly #positions: Map<string, Position>;
  /** Scopes that have been live at least once: their lists are in. */
  readonly #listed = new Set<string>();
  /** Scopes that are live now: lists of theirs only make sure. */
  readonly #live = new Set<string>();

  /** @param positions From the store. */
  constructor(positions: readonly Position[]) {
    this.#positions = new Map(positions.map((position) => [position.scope, position]));
  }

  /** The stored ones. */
  get positions(): readonly Position[] {
    return [...this.#positions.values()];
  }

  /** The position is stored. */
  recordPosition(position: Position): void {
    this.#positions.set(position.scope, position);
  }

  /**
   * A stream has become live.
   *
   * @param scopes All that the source follows.
   * @returns Whether the first list of another one is still to come.
   */
  recordLive(scope: string, scopes: readonly string[]): boolean {
    this.#listed.add(scope);
    this.#live.add(scope);
    return scopes.some((other) => !this.#listed.has(other));
  }

  recordGap(scope: string): void {
    this.#live.delete(scope);
  }

  /** Whether the rest of a list is still to come that nothing is known without: messages wait for its end. */
  isListing({ via, listEnds, scope }: Batch): boolean {
    return via === "list" && !listEnds && !this.#live.has(scope);
  }

  /** Up to which version the watch of the batch's scope has been read. Versions of another epoch say nothing. */
  readUpTo({ scope, epoch }: Batch): string | undefined {
    const position = this.#positions.get(scope);
    return position?.epoch === epoch ? position.resourceVersion : undefined;
  }
}
