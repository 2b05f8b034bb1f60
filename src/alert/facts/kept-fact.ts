import type { Packer } from "../../lib/packer.ts";
import type { Fact } from "../inquiry.ts";

/** A fact that says something. */
export type KnownFact = Fact & { readonly found: Exclude<Fact["found"], "unknown"> };

/** A character for which V8 keeps every character of its text in two bytes. */
const WIDE = /[\u{100}-\u{10FFFF}]/u;

/** The newest fact about an object. A state rests as a text, a third of its size, until somebody reads it. */
export class KeptFact {
  /** Memory of the text, bytes. */
  readonly bytes: number;
  readonly at: Fact["at"];
  /** Whether this answer or an earlier one found an object. */
  readonly wasFound: boolean;
  /** When the deletion of the object was asked for, by this answer or an earlier one; epoch milliseconds. */
  readonly deletionAt: number | undefined;
  readonly #packer: Packer;
  readonly #text: string;
  #read: WeakRef<KnownFact> | undefined;

  /** @param before The fact that it takes the place of. @param packer The one of the book. */
  constructor(fact: KnownFact, before: KeptFact | undefined, packer: Packer) {
    const { at, found } = fact;
    this.wasFound = found !== "gone" || (before?.wasFound ?? false);
    this.deletionAt = found === "gone" ? before?.deletionAt : found.deletionAt;
    this.at = at;
    this.#packer = packer;
    this.#text = packer.pack(fact);
    this.bytes = this.#text.length * (WIDE.test(this.#text) ? 2 : 1);
  }

  /** The fact as it came. */
  get fact(): KnownFact {
    const known = this.#read?.deref();
    if (known !== undefined) return known;
    // The constructor packed it, and nobody else writes the text.
    const fact = this.#packer.unpack(this.#text) as KnownFact;
    this.#read = new WeakRef(fact);
    return fact;
  }
}
