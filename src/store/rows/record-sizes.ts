/** The bytes of the records that wait, by sink. */
export class RecordSizes {
  readonly #bytes: Map<string, number>;

  /** @param bytes As the file has them, by sink. */
  constructor(bytes: Iterable<readonly [sink: string, bytes: number]>) {
    this.#bytes = new Map(bytes);
  }

  /** Bytes of all sinks. */
  get total(): number {
    return [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** The sink whose records take the most; undefined when none waits. */
  get largest(): string | undefined {
    return [...this.#bytes].toSorted(([, one], [, other]) => other - one)[0]?.[0];
  }

  of(sink: string): number {
    return this.#bytes.get(sink) ?? 0;
  }

  add(sink: string, bytes: number): void {
    this.set(sink, this.of(sink) + bytes);
  }

  set(sink: string, bytes: number): void {
    if (bytes > 0) this.#bytes.set(sink, bytes);
    else this.#bytes.delete(sink);
  }
}
