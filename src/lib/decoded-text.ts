import { Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";

/** RFC 1952, section 2.3.1. */
const GZIP = [0x1f, 0x8b];

/** Byte order marks that are no UTF-8; `TextDecoder` drops the one of its own encoding. */
const MARKS: readonly { readonly encoding: string; readonly mark: readonly number[] }[] = [
  { encoding: "utf-16le", mark: [0xff, 0xfe] },
  { encoding: "utf-16be", mark: [0xfe, 0xff] },
];

/**
 * Reads bytes as the text of a file that people hand over: UTF-8, UTF-16 with its mark, as PowerShell writes it, or
 * either in gzip. A gzip that ends too soon gives what is there.
 *
 * @throws {Error} When the bytes of a gzip are damaged.
 */
export async function* decodedText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const packed = await withHead(bytes);
  const isPacked = startsWith(packed.head, GZIP);
  const plain = isPacked ? await withHead(unpacked(packed.all)) : packed;
  const encoding = MARKS.find(({ mark }) => startsWith(plain.head, mark))?.encoding ?? "utf-8";
  const decoder = new TextDecoder(encoding);
  for await (const chunk of plain.all) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function* unpacked(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // With this flag zlib gives what there is of a file that was cut: https://nodejs.org/api/zlib.html
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  const source = Readable.from(bytes, { objectMode: false });
  source.on("error", (error) => gunzip.destroy(error));
  // A stream without an encoding yields bytes.
  for await (const chunk of source.pipe(gunzip)) yield chunk as Uint8Array;
}

interface WithHead {
  /** Two bytes, or all there are. */
  readonly head: Uint8Array;
  /** Everything, the head as well; to be read once. */
  readonly all: AsyncIterable<Uint8Array>;
}

async function withHead(bytes: AsyncIterable<Uint8Array>): Promise<WithHead> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head = new Uint8Array();
  while (head.length < 2) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  return { head, all: following(head, { [Symbol.asyncIterator]: () => iterator }) };
}

async function* following(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}

function startsWith(bytes: Uint8Array, wanted: readonly number[]): boolean {
  return wanted.every((byte, index) => bytes[index] === byte);
}
