import { Packer } from "../lib/packer.ts";
import { SharedValues } from "../lib/shared-values.ts";

/** Read alerts that are kept awake: far more than one occurrence concerns. */
const MOST_AWAKE = 256;

/** An alert that was read, and can go back to rest. */
export interface Reader {
  /** Forgets what was read. */
  sleep(): void;
}

/** Where the alerts of one book rest: how they are packed, the values that they share, and which are awake. */
export class AlertShelf {
  readonly packer = new Packer();
  readonly shared = new SharedValues();
  /** The ones read last, in a ring. */
  readonly #awake: (Reader | undefined)[] = Array.from({ length: MOST_AWAKE });
  #next = 0;

  /** Records that an alert was read; the one that was read longest ago goes back to rest. */
  wake(reader: Reader): void {
    this.#awake[this.#next]?.sleep();
    this.#awake[this.#next] = reader;
    this.#next = (this.#next + 1) % MOST_AWAKE;
  }
}
