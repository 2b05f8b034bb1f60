/** A part of some bytes, from `from` up to `to`. */
export interface ByteSpan {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

/** The room grows in steps of this size. */
const STEP_BYTES = 2 ** 20;

/** How much more room there is than what is kept needs, after the texts were moved together. */
const SPARE = 4 / 3;

/** Texts that there is room for at first. */
const FIRST_TEXTS = 1024;

const NONE = -1;

/** The bounds of a shelf. */
export interface ByteShelfLimits {
  /** Texts that are kept of one key, the newest ones. */
  readonly ofOneKey: number;
  readonly bytes: number;
}

/**
 * Texts under numbers, as bytes in one buffer: however many they are, the garbage collector has nothing to do with them.
 * Each text comes with a number of the caller, such as a time.
 */
export class ByteShelf {
  readonly #limits: ByteShelfLimits;
  /** Key → its newest text. */
  readonly #newest = new Map<number, number>();
  #bytes = Buffer.alloc(0);
  #texts = 0;
  /** Text → where it ends; it begins where the one before ends. */
  #ends = new Int32Array(FIRST_TEXTS);
  /** Text → the one before under the same key, NONE for the first. */
  #older = new Int32Array(FIRST_TEXTS);
  #marks = new Float64Array(FIRST_TEXTS);

  constructor(limits: ByteShelfLimits) {
    this.#limits = limits;
  }

  /** Number of keys. */
  get size(): number {
    return this.#newest.size;
  }

  has(key: number): boolean {
    return this.#newest.has(key);
  }

  /** Copies a text. False when it finds no room: then nothing has changed. */
  put(key: number, { bytes, from, to }: ByteSpan, mark: number): boolean {
    if (!this.#makeRoom(to - from)) return false;
    const text = this.#texts++;
    const start = this.#startOf(text);
    bytes.copy(this.#bytes, start, from, to);
    this.#ends[text] = start + to - from;
    this.#older[text] = this.#newest.get(key) ?? NONE;
    this.#marks[text] = mark;
    this.#newest.set(key, text);
    return true;
  }

  /** Takes out what is kept under a key, oldest first. The bytes are good until the next `put`. */
  take(key: number): readonly (ByteSpan & { readonly mark: number })[] {
    const found = this.#textsOf(key).map((text) => ({
      bytes: this.#bytes,
      from: this.#startOf(text),
      to: this.#ends[text] ?? 0,
      mark: this.#marks[text] ?? 0,
    }));
    this.#newest.delete(key);
    return found.toReversed();
  }

  /** Forgets everything; the room stays. */
  clear(): void {
    this.#newest.clear();
    this.#texts = 0;
  }

  #startOf(text: number): number {
    return text === 0 ? 0 : (this.#ends[text - 1] ?? 0);
  }

  /** Newest first. */
  #textsOf(key: number): number[] {
    const texts: number[] = [];
    let text = this.#newest.get(key) ?? NONE;
    while (text !== NONE && texts.length < this.#limits.ofOneKey) {
      texts.push(text);
      text = this.#older[text] ?? NONE;
    }
    return texts;
  }

  #makeRoom(bytes: number): boolean {
    const used = this.#startOf(this.#texts);
    if (used + bytes <= this.#bytes.length && this.#texts < this.#ends.length) return true;
    this.#compact();
    // A part has to be free then, so that the next time is far away.
    const room = (this.#startOf(this.#texts) + bytes) * SPARE;
    if (room > this.#limits.bytes) return false;
    if (room > this.#bytes.length) this.#addBytes(room);
    if (this.#texts * SPARE >= this.#ends.length) this.#addTexts();
    return true;
  }

  /** Moves the texts together that `take` would hand out. */
  #compact(): void {
    const movedTo = new Int32Array(this.#texts).fill(NONE);
    for (const key of this.#newest.keys()) for (const text of this.#textsOf(key)) movedTo[text] = 0;
    let texts = 0;
    let end = 0;
    for (let text = 0; text < movedTo.length; text++) {
      if (movedTo[text] === NONE) continue;
      const [from, to] = [this.#startOf(text), this.#ends[text] ?? 0];
      this.#bytes.copyWithin(end, from, to);
      end += to - from;
      movedTo[text] = texts;
      this.#move(text, texts, movedTo[this.#older[text] ?? NONE] ?? NONE);
      this.#ends[texts++] = end;
    }
    this.#texts = texts;
    for (const [key, text] of this.#newest) this.#newest.set(key, movedTo[text] ?? NONE);
  }

  #move(from: number, to: number, older: number): void {
    this.#older[to] = older;
    this.#marks[to] = this.#marks[from] ?? 0;
  }

  #addTexts(): void {
    const length = 2 * this.#ends.length;
    this.#ends = grown(this.#ends, new Int32Array(length));
    this.#older = grown(this.#older, new Int32Array(length));
    this.#marks = grown(this.#marks, new Float64Array(length));
  }

  #addBytes(room: number): void {
    const length = Math.min(Math.ceil(room / STEP_BYTES) * STEP_BYTES, this.#limits.bytes);
    // Not of the pool of small buffers.
    const bytes = Buffer.allocUnsafeSlow(length);
    this.#bytes.copy(bytes);
    this.#bytes = bytes;
  }
}

function grown<Values extends Int32Array | Float64Array>(values: Values, larger: Values): Values {
  larger.set(values);
  return larger;
}
