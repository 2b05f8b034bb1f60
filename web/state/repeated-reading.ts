/** The least time between two readings of one question, milliseconds, for each page that it reads. */
const RENEW_MS = 1000;

/**
 * Reads the answer to one question, and reads it again whenever it may have changed: never twice at once, and not more
 * often than once a second, however often that is said.
 */
export class RepeatedReading {
  readonly #read: (signal: AbortSignal) => Promise<void>;
  readonly #ended = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isReading = false;
  #isStale = false;
  #pages = 1;
  /** Before this instant it is not read again of itself, epoch milliseconds. */
  #restUntil = 0;

  /** @param read Shows the answer, and never rejects. The signal aborts at the end. */
  constructor(read: (signal: AbortSignal) => Promise<void>) {
    this.#read = read;
  }

  /** How many pages the next reading asks for. */
  get pages(): number {
    return this.#pages;
  }

  /** Reads for the first time, after a pause, milliseconds. */
  begin(pause: number): void {
    this.#timer = setTimeout(() => void this.#run(), pause);
  }

  /** The answer may have changed. */
  renew(): void {
    this.#isStale = this.#isReading;
    if (!this.#isReading) this.#timer ??= setTimeout(() => void this.#run(), this.#restUntil - Date.now());
  }

  /** Somebody asks for the answer now. @param more Whether it shall have a page more. */
  now(more = false): void {
    if (more) this.#pages += 1;
    this.#restUntil = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.renew();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#ended.abort();
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#isReading = true;
    this.#isStale = false;
    const pages = this.#pages;
    await this.#read(this.#ended.signal);
    this.#isReading = false;
    if (this.#ended.signal.aborted) return;
    // Whoever asked for a page more meanwhile does not wait.
    this.#restUntil = this.#pages > pages ? 0 : Date.now() + RENEW_MS * this.#pages;
    if (this.#isStale) this.renew();
  }
}
