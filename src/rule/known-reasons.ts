import { nearest } from "../lib/nearest.ts";
import type { ReasonRow } from "./compiled-rule.ts";
import { overlap, type Profile, profileOfRow } from "./profile.ts";

/** Shorter words are near to too many others. */
const SHORTEST = 7;

/** In words of this length two letters may be wrong, in shorter ones one. */
const LONG = 10;

/** The reasons of the reason table. */
export class KnownReasons {
  readonly #rows: ReadonlyMap<string, readonly ReasonRow[]>;
  /** By their first letter in small. */
  readonly #byLetter: ReadonlyMap<string, readonly string[]>;

  constructor(rows: readonly ReasonRow[]) {
    this.#rows = Map.groupBy(rows, (row) => row.reason);
    this.#byLetter = Map.groupBy(this.#rows.keys(), firstLetter);
  }

  /** The rows of a reason; none where it is not known. */
  rowsOf(reason: string): readonly ReasonRow[] {
    return this.#rows.get(reason) ?? [];
  }

  /**
   * The known reason that somebody meant who wrote an unknown one: nearly the same word, about objects of the same kind.
   */
  nearTo(reason: string, profile: Profile): string | undefined {
    if (this.#rows.has(reason) || reason.length < SHORTEST) return undefined;
    const most = reason.length < LONG ? 1 : 2;
    const words = this.#byLetter.get(firstLetter(reason)) ?? [];
    const near = nearest(
      reason,
      words.filter((word) => Math.abs(word.length - reason.length) <= most),
      most,
    );
    if (near === undefined) return undefined;
    const { reason: _, ...values } = profile.values;
    const isOfKind = this.rowsOf(near).some((row) => overlap({ ...profile, values }, profileOfRow(row)));
    return isOfKind ? near : undefined;
  }
}

function firstLetter(word: string): string {
  return word.slice(0, 1).toLowerCase();
}
