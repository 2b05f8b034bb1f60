/** Lets few run at once, and a few more wait; each in its turn. */
export class Turns {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor({ most, mostWaiting }: { readonly most: number; readonly mostWaiting: number }) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /** Runs the work in its turn; false, at once and without running it, where too many wait. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.#running >= this.#most) {
      if (this.#waiting.length >= this.#mostWaiting) return false;
      // The one that ends passes its place on, so that none who comes later takes it.
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    } else {
      this.#running++;
    }
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
    return true;
  }
}
