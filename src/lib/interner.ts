/** Places for texts, a power of two. A text that falls on a taken place takes it over. */
const PLACES = 2048;

/** Longer texts rarely come again. */
const LONGEST_BYTES = 64;

/** Decodes texts that come again and again: the same ASCII bytes give the same string, which is not made anew. */
export class Interner {
  readonly #texts: string[] = Array.from({ length: PLACES }, () => "");

  /** The text of these bytes, which are UTF-8. */
  decode(bytes: Buffer, from: number, to: number): string {
    if (to - from > LONGEST_BYTES) return bytes.toString("utf8", from, to);
    let hash = 0;
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
    const place = hash & (PLACES - 1);
    const known = this.#texts[place];
    if (known !== undefined && isAscii(known, bytes, from, to)) return known;
    const text = bytes.toString("utf8", from, to);
    this.#texts[place] = text;
    return text;
  }
}

/** Whether the bytes are this text in ASCII; a text of other characters is never the same. */
function isAscii(text: string, bytes: Buffer, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== bytes[from + at] || code >= 0x80) return false;
  }
  return true;
}
