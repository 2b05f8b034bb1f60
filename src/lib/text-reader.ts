/** The part of a string that a scan reads; a test counts the reads. */
export type Characters = Pick<string, "length" | "charCodeAt">;

/** A set of characters below U+0080: 1 at the code of each. */
export type CharacterSet = Readonly<Uint8Array>;

/** A part of a text, from `start` up to but without `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** @param text Its characters; `a-z`, `A-Z` and `0-9` stand for the range. */
export function charactersOf(text: string): CharacterSet {
  const full = text.replaceAll(/[a-zA-Z0-9]-[a-zA-Z0-9]/gu, (range) => {
    const [from, to] = [range.charCodeAt(0), range.charCodeAt(2)];
    return String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, index) => from + index));
  });
  const set = new Uint8Array(128);
  for (let index = 0; index < full.length; index += 1) set[full.charCodeAt(index)] = 1;
  return set;
}

/** Letters. */
export const LETTERS = charactersOf("a-zA-Z");
/** Digits. */
export const DIGITS = charactersOf("0-9");
/** Letters and digits: a word begins where none stands before. */
export const ALPHANUMERIC = charactersOf("a-zA-Z0-9");
/** The characters of identifiers, with hyphens. */
export const WORD = charactersOf("a-zA-Z0-9_-");
/** Blanks within a line. */
export const BLANK = charactersOf(" \t");
/** Blanks and line ends. */
export const SPACE = charactersOf(" \t\r\n\f\v");

/** Reads a text by characters, so that each scan can say how often it looks at one. */
export class TextReader {
  readonly #text: Characters;

  constructor(text: Characters) {
    this.#text = text;
  }

  get length(): number {
    return this.#text.length;
  }

  /** Whether there is a character of the set. */
  is(index: number, set: CharacterSet): boolean {
    return set[this.codeAt(index)] === 1;
  }

  /** Whether exactly these characters follow. */
  has(index: number, characters: string): boolean {
    for (let offset = 0; offset < characters.length; offset += 1)
      if (this.codeAt(index + offset) !== characters.charCodeAt(offset)) return false;
    return true;
  }

  /** The UTF-16 unit there; -1 outside the text. */
  codeAt(index: number): number {
    return index >= 0 && index < this.#text.length ? this.#text.charCodeAt(index) : -1;
  }

  /** The end of the run of such characters that begins there, at most `most` long. */
  skip(index: number, set: CharacterSet, most = Infinity): number {
    let end = index;
    while (end - index < most && this.is(end, set)) end += 1;
    return end;
  }

  /** The first place from `index` on with a character of the set; the end of the text where there is none. */
  find(index: number, set: CharacterSet): number {
    let at = index;
    while (at < this.length && !this.is(at, set)) at += 1;
    return at;
  }

  /** A part of the text. Meant for short ones: the cost is its length. */
  slice(start: number, end: number): string {
    let part = "";
    for (let index = start; index < end; index += 1) part += String.fromCharCode(this.codeAt(index));
    return part;
  }
}
