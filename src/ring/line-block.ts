import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompress } from "node:zlib";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Recorded Events shrink to a twelfth already at the fastest level. */
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const LINE_FEED = 0x0a;

/** Three numbers or pointers. */
const BYTES_OF_A_MARK = 24;

/** The lines of one cluster that came at one time. */
interface Mark {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly cluster: string;
}

/** One line of a block. */
export interface BlockLine extends Mark {
  /** Its place in the block, 0 for the first. */
  readonly index: number;
  readonly text: string;
}

/** Lines in one piece of memory: written once, then packed, and read as a whole. */
export class LineBlock {
  /** Undefined when it is packed. */
  #bytes: Buffer | undefined;
  #packed: Buffer | undefined;
  #used = 0;
  #count = 0;
  /** The index of the first line of each mark. */
  readonly #starts: number[] = [];
  readonly #marks: Mark[] = [];
  #newestAt = Number.NEGATIVE_INFINITY;
  #oldestAt = Number.POSITIVE_INFINITY;
  #isPacking = false;

  /** @param bytes Memory to write to; the block's own until it is packed. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The number of its lines. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of memory. */
  get bytes(): number {
    return (this.#bytes ?? this.#packed ?? []).length + this.#marks.length * BYTES_OF_A_MARK;
  }

  /** Epoch milliseconds of its newest line; negative infinity without lines. */
  get newestAt(): number {
    return this.#newestAt;
  }

  /** Epoch milliseconds of its oldest line; infinity without lines. */
  get oldestAt(): number {
    return this.#oldestAt;
  }

  /** Whether packing would make it smaller. */
  get isPackable(): boolean {
    return this.#bytes !== undefined && !this.#isPacking;
  }

  /**
   * Adds `count` lines, which stand in `bytes` from `from` up to `to` with line feeds between them.
   *
   * @returns Whether there was room.
   */
  add(
    bytes: Buffer,
    from: number,
    to: number,
    { count, ...mark }: Mark & { readonly count: number },
  ): boolean {
    const room = this.#bytes;
    if (room === undefined || this.#used + to - from + 1 > room.length) return false;
    this.#used += bytes.copy(room, this.#used, from, to);
    room[this.#used] = LINE_FEED;
    this.#used += 1;
    const last = this.#marks.at(-1);
    if (last?.at !== mark.at || last.cluster !== mark.cluster) {
      this.#starts.push(this.#count);
      this.#marks.push(mark);
      this.#newestAt = Math.max(this.#newestAt, mark.at);
      this.#oldestAt = Math.min(this.#oldestAt, mark.at);
    }
    this.#count += count;
    return true;
  }

  /**
   * Packs the block, off the main thread; nothing may be added any more. It stays as it is where memory is short.
   *
   * @returns The memory that is free then, if any.
   */
  async pack(): Promise<Buffer | undefined> {
    const bytes = this.#bytes;
    if (bytes === undefined) return undefined;
    this.#isPacking = true;
    const packed = await compress(bytes.subarray(0, this.#used), FASTEST).catch(() => undefined);
    if (packed === undefined) return undefined;
    this.#packed = this.#count === 0 ? undefined : packed;
    this.#bytes = undefined;
    return bytes;
  }

  /** Forgets its lines. @returns The memory that is free then; undefined while it is being packed, and afterwards. */
  clear(): Buffer | undefined {
    const bytes = this.#isPacking ? undefined : this.#bytes;
    this.#bytes = undefined;
    this.#packed = undefined;
    this.#count = 0;
    return bytes;
  }

  /** Its lines, oldest first. */
  async lines(): Promise<readonly BlockLine[]> {
    const count = this.#count;
    const texts = (await this.#text()).split("\n");
    const lines: BlockLine[] = [];
    for (const [index, mark] of this.#marks.entries()) {
      const end = Math.min(this.#starts[index + 1] ?? count, count);
      for (let line = this.#starts[index] ?? count; line < end; line++)
        lines.push({ index: line, text: texts[line] ?? "", at: mark.at, cluster: mark.cluster });
    }
    return lines;
  }

  async #text(): Promise<string> {
    if (this.#bytes !== undefined) return this.#bytes.toString("utf8", 0, this.#used);
    return this.#packed === undefined ? "" : (await decompress(this.#packed)).toString();
  }
}
