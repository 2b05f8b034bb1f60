const FIRST_BYTES = 65_536;

/** UTF-16 units; for longer texts `Buffer.write` is quicker. */
const LONGEST_BY_HAND = 64;

/** Wire types, https://protobuf.dev/programming-guides/encoding/#structure */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Writes a protobuf message, field by field; the caller knows the numbers of the fields. */
export class ProtobufWriter {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  /** The message; the writer must not be used afterwards. */
  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#at);
  }

  /** A field of an integer type. @param value A safe integer, not negative. */
  int(field: number, value: number): void {
    this.#reserve(20);
    this.#varint(field * 8 + VARINT);
    this.#varint(value);
  }

  fixed64(field: number, value: bigint): void {
    this.#reserve(18);
    this.#varint(field * 8 + FIXED64);
    this.#at = this.#buffer.writeBigUInt64LE(value, this.#at);
  }

  /** @param value Below 2 to the power of 32. */
  fixed32(field: number, value: number): void {
    this.#reserve(14);
    this.#varint(field * 8 + FIXED32);
    this.#at = this.#buffer.writeUInt32LE(value, this.#at);
  }

  /** A text as UTF-8; halves of surrogate pairs become U+FFFD. */
  string(field: number, text: string): void {
    // A UTF-16 unit has three bytes at most.
    this.#reserve(text.length * 3 + 20);
    this.#varint(field * 8 + BYTES);
    const lengthAt = this.#at;
    this.#at += 1;
    if (!this.#ascii(text)) this.#at += this.#buffer.write(text, this.#at);
    this.#closeLength(lengthAt);
  }

  /** Writes a short text of ASCII, which costs less than a call of Node; answers false, with nothing written, for others. */
  #ascii(text: string): boolean {
    if (text.length > LONGEST_BY_HAND) return false;
    const start = this.#at;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) return false;
      this.#buffer[start + index] = code;
    }
    this.#at = start + text.length;
    return true;
  }

  /** A nested message: the fields that `write` writes. */
  message(field: number, write: () => void): void {
    this.#reserve(20);
    this.#varint(field * 8 + BYTES);
    const lengthAt = this.#at;
    this.#at += 1;
    write();
    this.#closeLength(lengthAt);
  }

  /** Puts the length before the content, for which one byte was left; most contents are shorter than 128 bytes. */
  #closeLength(lengthAt: number): void {
    const start = lengthAt + 1;
    const length = this.#at - start;
    const more = sizeOf(length) - 1;
    if (more > 0) {
      this.#reserve(more);
      this.#buffer.copyWithin(start + more, start, this.#at);
    }
    this.#at = lengthAt;
    this.#varint(length);
    this.#at += length;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#buffer[this.#at++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#at++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

/** Bytes of a varint. */
function sizeOf(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size += 1;
  return size;
}
