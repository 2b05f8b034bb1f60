import { KeyIndex } from "./key-index.ts";
import { smallHash } from "./small-hash.ts";

/**
 * Key → fingerprints, by a hash of the key and without the key itself, which takes more memory than all the rest. An
 * answer may have fingerprints of other keys, once in a thousand million; none is ever missing.
 */
export class HashedIndex {
  readonly #entries = new KeyIndex<number>();

  /** Whether anything stands under a key; it may be a wrong yes. */
  has(key: string): boolean {
    return this.#entries.has(smallHash(key));
  }

  /** The fingerprints under a key, and perhaps others. */
  get(key: string): Iterable<string> {
    return this.#entries.get(smallHash(key)) ?? [];
  }

  add(key: string, fingerprint: string): void {
    this.#entries.add(smallHash(key), fingerprint);
  }

  /** Takes a fingerprint out from under a key; the caller takes it out from under all its keys. */
  delete(key: string, fingerprint: string): void {
    this.#entries.delete(smallHash(key), fingerprint);
  }
}
