import { TocsinError } from "../../lib/errors.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const NOTHING = Buffer.alloc(0);

/** A line: the bytes from `from` up to `to`, which are whole UTF-8 sequences. They stay as they are. */
export interface Line {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

/**
 * Splits a byte stream into lines, at `\n` only: U+2028 is text, and no UTF-8 sequence holds a byte 0x0a. Empty lines
 * are left out, a `\r` before the end is removed. Copies only lines that came in several chunks.
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
  next(): Line | undefined {
    for (;;) {
      const end = this.#chunk.indexOf(LINE_FEED, this.#at);
      if (end === -1) {
        this.#keepRest();
        return undefined;
      }
      const line = this.#take(end);
      this.#at = end + 1;
      if (line.from < line.to) return line;
    }
  }

  #take(end: number): Line {
    if (this.#headBytes === 0) {
      this.#check(end - this.#at);
      return toLine(this.#chunk, this.#at, end);
    }
    this.#head.push(this.#chunk.subarray(this.#at, end));
    this.#check(this.#headBytes + end - this.#at);
    const whole = Buffer.concat(this.#head);
    this.#head = [];
    this.#headBytes = 0;
    return toLine(whole, 0, whole.length);
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

function toLine(bytes: Buffer, from: number, end: number): Line {
  return { bytes, from, to: end > from && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end };
}
