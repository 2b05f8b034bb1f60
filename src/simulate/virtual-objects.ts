import type { Fact } from "../alert/index.ts";

/** The answer of a look-up. */
type Found = Fact["found"];

/** The states of objects in the course of virtual time. */
export class VirtualObjects {
  /** By the key of the object, each in the order of time. */
  readonly #states = new Map<string, { readonly at: number; readonly found: Found }[]>();

  /**
   * From this moment on an object is so.
   *
   * @param object Its key (`ObjectKey`). @param at Epoch milliseconds.
   */
  set(object: string, at: number, found: Found): void {
    const known = this.#states.get(object) ?? [];
    const index = known.findLastIndex((state) => state.at <= at);
    this.#states.set(object, known.toSpliced(index + 1, 0, { at, found }));
  }

  /** The answer of a look-up at a moment: `unknown` before the first state. @param at Epoch milliseconds. */
  find(object: string, at: number): Found {
    return this.#states.get(object)?.findLast((state) => state.at <= at)?.found ?? "unknown";
  }
}
