import type { Draft } from "./draft.ts";
import { WriteHandle } from "./write-handle.ts";

/** A write without an answer. */
export interface Unconfirmed {
  readonly writeId: string;
  /** The count that it wrote. */
  readonly upTo: number;
}

/** Occurrences of one problem, which are one Event with a count. */
export class Series {
  readonly key: string;
  readonly draft: Draft;
  /** The name of the Event, kept over all attempts, so that repeated attempts do no harm. */
  name: string;
  readonly writeId: string;
  /** Epoch milliseconds of the first and the last occurrence. */
  readonly firstAt: number;
  lastAt: number;
  /** Occurrences reported, and how many of these were written or given up. */
  count = 0;
  told = 0;
  /** Whether the Event existed at the last answer. */
  created = false;
  /** Of a write with a dedupeKey. */
  unconfirmed: Unconfirmed | undefined;

  /** Monotonic milliseconds from here on. */
  seenAt: number;
  writtenAt = 0;
  /** Since when only the server delays it; undefined when nothing is due. */
  readyAt: number | undefined;
  isWriting = false;
  hasToken = false;
  failures = 0;
  /** Stops the timer that makes it due. */
  cancelTimer: (() => void) | undefined;

  #fates: WriteHandle[] = [];
  #next: WriteHandle | undefined;

  constructor(
    identity: { readonly key: string; readonly name: string; readonly writeId: string },
    draft: Draft,
    now: { readonly wall: number; readonly monotonic: number },
  ) {
    this.key = identity.key;
    this.name = identity.name;
    this.writeId = identity.writeId;
    this.draft = draft;
    this.firstAt = now.wall;
    this.lastAt = now.wall;
    this.seenAt = now.monotonic;
  }

  /** Counts an occurrence; returns the handle that it shares with the others of the next write. */
  occur(now: { readonly wall: number; readonly monotonic: number }): WriteHandle {
    this.count += 1;
    this.lastAt = Math.max(this.lastAt, now.wall);
    this.seenAt = now.monotonic;
    this.#next ??= new WriteHandle();
    return this.#next;
  }

  get pending(): number {
    return this.count - this.told;
  }

  /** Whether a timer, the queue or a write has it in hand. */
  get isScheduled(): boolean {
    return this.isWriting || this.readyAt !== undefined || this.cancelTimer !== undefined;
  }

  /** Starts a write: later reports share another handle; returns how many occurrences this write covers. */
  beginWrite(): number {
    if (this.#next !== undefined) this.#fates.push(this.#next);
    this.#next = undefined;
    this.isWriting = true;
    return this.count;
  }

  /** The handles of the ended write, which then have a result. */
  drainHandles(): readonly WriteHandle[] {
    const fates = this.#fates;
    this.#fates = [];
    return fates;
  }
}
