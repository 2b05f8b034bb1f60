import { randomInt } from "node:crypto";

import { KeyIndex } from "./key-index.ts";

/** Hashes are small integers, which V8 keeps in the map itself. */
const MOST = 2 ** 30;

/**
 * Odd and not known to anybody, so that nobody can choose names that fall together. It decides no answer, since callers
 * check what they find.
 */
const FACTOR = 2 * randomInt(MOST / 4, MOST / 2) + 1;

/**
 * Key → fingerprints, by a hash of the key and without the key itself, which takes more memory than all the rest. An
 * answer may have fingerprints of other keys, once in a thousand million; none is ever missing.
 */
export class HashedIndex {
  readonly #entries = new KeyIndex<number>();

  /** Whether anything stands under a key; it may be a wrong yes. */
  has(key: string): boolean {
    return this.#entries.has(hashOf(key));
  }

  /** The fingerprints under a key, and perhaps others. */
  get(key: string): Iterable<string> {
    return this.#entries.get(hashOf(key)) ?? [];
  }

  add(key: string, fingerprint: string): void {
    this.#entries.add(hashOf(key), fingerprint);
  }

  /** Takes a fingerprint out from under a key; the caller takes it out from under all its keys. */
  delete(key: string, fingerprint: string): void {
    this.#entries.delete(hashOf(key), fingerprint);
  }
}

function hashOf(key: string): number {
  let hash = key.length;
  for (let at = 0; at < key.length; at++) {
    hash = Math.imul(hash ^ key.charCodeAt(at), FACTOR);
    hash ^= hash >>> 15;
  }
  return hash & (MOST - 1);
}
