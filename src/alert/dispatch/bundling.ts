import type { Wait } from "../changes.ts";
import type { Notification } from "../notification.ts";

/** The values of a shared message. */
export interface BundlingOptions {
  readonly sink: string;
  /** Number of groups: a single one needs no bundle. */
  readonly size: number;
  readonly newId: () => string;
  /** The waits of a group, by its key, until this message. */
  readonly waitsOf: (group: string) => readonly Wait[];
}

/** The message that several groups share at one sink, while these groups are flushed one after the other. */
export class Bundling {
  readonly sink: string;
  readonly waitsOf: BundlingOptions["waitsOf"];
  readonly #newId: () => string;
  /** Keyed by status and addressee: an end never shares a message with a problem that lasts. */
  readonly #ids = new Map<string, string>();
  readonly #size: number;
  #isAdmitted: boolean | undefined;
  #isSent = false;

  constructor({ sink, size, newId, waitsOf }: BundlingOptions) {
    this.sink = sink;
    this.#size = size;
    this.#newId = newId;
    this.waitsOf = waitsOf;
  }

  /** Whether a delivery was made. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /**
   * The bundle of a delivery that is made now; undefined when its message tells one group.
   *
   * @param addressee See `addresseeOf`.
   */
  bundleOf(status: Notification["status"], addressee: string): string | undefined {
    this.#isSent = true;
    if (this.#size < 2) return undefined;
    const key = keyOf(status, addressee);
    const id = this.#ids.get(key) ?? this.#newId();
    this.#ids.set(key, id);
    return id;
  }

  /** Whether the message has such a delivery already, so that one more is no further message. */
  has(status: Notification["status"], addressee: string): boolean {
    return this.#ids.has(keyOf(status, addressee));
  }

  /** Whether the sink gets the message now; asked once, because it is one message. Critical news asks again. */
  admits(isCritical: boolean, ask: () => boolean): boolean {
    if (this.#isAdmitted !== true && (this.#isAdmitted === undefined || isCritical)) this.#isAdmitted = ask();
    return this.#isAdmitted;
  }
}

function keyOf(status: Notification["status"], addressee: string): string {
  return `${status}/${addressee}`;
}
