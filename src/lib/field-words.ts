/** Words of one field that are kept. */
const MOST_WORDS = 256;

/** Texts that came once; when there are more, all are forgotten. */
const MOST_SEEN = 256;

const LONGEST = 60;

/** The texts that come again in one field of many objects, such as kinds, reasons and namespaces, by number. */
export class FieldWords {
  readonly #ids = new Map<string, number>();
  /** Texts that came once: most of them, such as names and ids, never come again. */
  readonly #seen = new Set<string>();

  /** The number of a word; undefined for a text that comes for the first time, and for further ones. */
  idOf(text: string): number | undefined {
    const known = this.#ids.get(text);
    if (known !== undefined || text.length > LONGEST || this.#ids.size >= MOST_WORDS) return known;
    if (this.#seen.has(text)) {
      this.#seen.delete(text);
      this.#ids.set(text, this.#ids.size);
      return this.#ids.get(text);
    }
    if (this.#seen.size >= MOST_SEEN) this.#seen.clear();
    this.#seen.add(text);
    return undefined;
  }
}
