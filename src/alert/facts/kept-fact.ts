import type { Packer } from "../../lib/packer.ts";
import type { ObjectState } from "../../object/index.ts";
import type { Fact } from "../inquiry.ts";

/** A character for which V8 keeps every character of its text in two bytes. */
const WIDE = /[\u{100}-\u{10FFFF}]/u;

/** The newest fact about an object. A state rests as a text, a third of its size, until somebody reads it. */
export class KeptFact {
  /** Memory of the text, bytes. */
  readonly bytes: number;
  readonly at: Fact["at"];
  readonly #object: string;
  readonly #packer: Packer;
  /** "" for an object that is gone. */
  readonly #text: string;
  #read: WeakRef<Fact> | undefined;

  /** @param packer The one of the book. */
  constructor({ object, at, found }: Fact & { readonly found: ObjectState | "gone" }, packer: Packer) {
    this.at = at;
    this.#object = object;
    this.#packer = packer;
    this.#text = found === "gone" ? "" : packer.pack(found);
    this.bytes = this.#text.length * (WIDE.test(this.#text) ? 2 : 1);
  }

  /** The fact as it came. */
  get fact(): Fact {
    const known = this.#read?.deref();
    if (known !== undefined) return known;
    // The constructor got the state of an object, and nobody else writes the text.
    const state = this.#text === "" ? undefined : (this.#packer.unpack(this.#text) as ObjectState);
    const fact: Fact = { object: this.#object, at: this.at, found: state ?? "gone" };
    this.#read = new WeakRef(fact);
    return fact;
  }
}
