/** A text of this length that comes again is replaced by its number. */
const SHORTEST_REPEATED = 5;

/** Texts of this length are looked for inside others: names and ids of objects. */
const NAME = { shortest: 6, longest: 63 } as const;

/** The first names of a value; an alert of hundreds of objects has more. */
const MOST_NAMES = 12;

/** Encloses the letter of a name. JSON does not escape it, and hardly any text has it. */
const MARK = "\x7f";

const FIRST_LETTER = "A".charCodeAt(0);

/** First characters of codes: a repeated text, a time counted from the one before, and a text that is written as it is. */
const REPEATED = "=";
const LATER = "+";
const EARLIER = "-";
const LITERAL = "'";

const CODES: ReadonlySet<string> = new Set([REPEATED, LATER, EARLIER, LITERAL]);

/** A number of this size is likely a time, and others of its value are near to it. */
const SMALLEST_TIME = 1e9;

/**
 * The texts and times of one value in the order in which they come: what came before is not repeated, neither as a whole
 * nor inside another text. The same calls in the same order read the codes.
 */
export class PackedTexts {
  readonly #texts: string[] = [];
  readonly #names: string[] = [];
  /** The last time. */
  #time: number | undefined;

  /** The code of a text. */
  encode(text: string): string {
    const isPlain = !text.includes(MARK) && !CODES.has(text.charAt(0));
    if (text.length < SHORTEST_REPEATED) return isPlain ? text : LITERAL + text;
    const before = this.#texts.indexOf(text);
    if (before >= 0) return REPEATED + String(before);
    const code = isPlain ? this.#withoutNames(text) : LITERAL + text;
    this.#keep(text);
    return code;
  }

  /** The text, or the number, of a code. */
  decode(code: string): string | number | undefined {
    switch (code.charAt(0)) {
      case REPEATED:
        return this.#texts[Number(code.slice(1))];
      case LATER:
      case EARLIER:
        return (this.#time = (this.#time ?? 0) + Number(code));
      case LITERAL:
        return this.#kept(code.slice(1));
      default:
        return this.#kept(code.includes(MARK) ? this.#withNames(code) : code);
    }
  }

  /** The code of a finite number. */
  encodeNumber(number: number): string | number {
    if (!isTime(number)) return number;
    const later = number - (this.#time ?? Infinity);
    this.#time = number;
    if (Math.abs(later) >= SMALLEST_TIME) return number;
    return later < 0 ? String(later) : LATER + String(later);
  }

  /** The number of a code that is a number. */
  decodeNumber(code: number): number {
    if (isTime(code)) this.#time = code;
    return code;
  }

  #keep(text: string): void {
    this.#texts.push(text);
    if (text.length < NAME.shortest || text.length > NAME.longest || this.#names.length >= MOST_NAMES) return;
    if (!text.includes(MARK)) this.#names.push(text);
  }

  #kept(text: string): string {
    if (text.length >= SHORTEST_REPEATED) this.#keep(text);
    return text;
  }

  /** A name has no mark and more than one character, so it is neither found in the place of another one nor across it. */
  #withoutNames(text: string): string {
    let code = text;
    for (const [index, name] of this.#names.entries())
      if (code.includes(name))
        code = code.replaceAll(name, MARK + String.fromCharCode(FIRST_LETTER + index) + MARK);
    return code;
  }

  #withNames(code: string): string {
    const pieces = code.split(MARK);
    for (let at = 1; at < pieces.length; at += 2)
      pieces[at] = this.#names[(pieces[at] ?? "").charCodeAt(0) - FIRST_LETTER] ?? "";
    return pieces.join("");
  }
}

function isTime(number: number): boolean {
  return Number.isSafeInteger(number) && Math.abs(number) >= SMALLEST_TIME;
}
