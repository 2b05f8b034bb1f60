import { TocsinError } from "../../lib/errors.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const NOTHING = Buffer.alloc(0);

/**
 * Splits a byte stream into lines, at `\n` only: U+2028 is text. A UTF-8 sequence holds no byte 0x0a, so whole lines
 * are decoded at once, however the chunks were cut. Empty lines are left out, a `\r` before the end is removed.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  #chunk: Buffer = NOTHING;
  #at = 0;
  /** The start of an unfinished line. */
  #head: Buffer[] = [];
  #headBytes = 0;

  /** @param maxBytes Longest line, without its end. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Adds the next chunk; only after `next` returned undefined. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /**
   * The next whole line; undefined when more bytes are needed.
   *
   * @throws {TocsinError} ERR_API when a line is too long; the splitter is of no use then.
   */
  next(): string | undefined {
    for (;;) {
      const end = this.#chunk.indexOf(LINE_FEED, this.#at);
      if (end === -1) {
        this.#keepRest();
        return undefined;
      }
      const line = this.#take(end);
      this.#at = end + 1;
      if (line !== "") return line;
    }
  }

  #take(end: number): string {
    if (this.#headBytes === 0) {
      this.#check(end - this.#at);
      return decode(this.#chunk, this.#at, end);
    }
    this.#head.push(this.#chunk.subarray(this.#at, end));
    this.#check(this.#headBytes + end - this.#at);
    const whole = Buffer.concat(this.#head);
    this.#head = [];
    this.#headBytes = 0;
    return decode(whole, 0, whole.length);
  }

  #keepRest(): void {
    if (this.#at < this.#chunk.length) {
      this.#head.push(this.#chunk.subarray(this.#at));
      this.#headBytes += this.#chunk.length - this.#at;
    }
    this.#chunk = NOTHING;
    this.#at = 0;
    this.#check(this.#headBytes);
  }

  #check(bytes: number): void {
    if (bytes <= this.#maxBytes) return;
    throw new TocsinError(
      "ERR_API",
      `a line of the watch has ${bytes} bytes or more, expected at most ${this.#maxBytes}`,
    );
  }
}

function decode(bytes: Buffer, start: number, end: number): string {
  const last = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
  return bytes.toString("utf8", start, last);
}
