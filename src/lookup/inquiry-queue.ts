import type { InquiryPurpose } from "../alert/index.ts";

/** Most urgent first. */
const PURPOSES = ["tell", "end", "hint", "watch"] as const satisfies readonly InquiryPurpose[];

/** Something that waits to be looked up. */
export interface Waiting {
  /** Names it; nothing waits twice. */
  readonly path: string;
  /** The namespace that takes its turn; "" for none. */
  readonly namespace: string;
  purpose: InquiryPurpose;
}

/** How urgent a purpose is; 0 is the most urgent. */
export function urgencyOf(purpose: InquiryPurpose): number {
  return PURPOSES.indexOf(purpose);
}

/** The oldest of a namespace first, and namespaces in turns. */
type Lane<Entry> = Map<string, Entry[]>;

/** A bounded queue: by purpose, within one purpose the namespaces in turns, and within one namespace the oldest first. */
export class InquiryQueue<Entry extends Waiting> {
  readonly #most: number;
  readonly #entries = new Map<string, Entry>();
  readonly #lanes: Readonly<Record<InquiryPurpose, Lane<Entry>>> = {
    tell: new Map(),
    end: new Map(),
    hint: new Map(),
    watch: new Map(),
  };

  /** @param most Entries that wait at most. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether it takes no further entry. */
  get isFull(): boolean {
    return this.#entries.size >= this.#most;
  }

  get(path: string): Entry | undefined {
    return this.#entries.get(path);
  }

  /** All that wait, in no useful order. */
  all(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  /** Adds an entry whose path does not wait yet. */
  add(entry: Entry): void {
    this.#entries.set(entry.path, entry);
    this.#enqueue(entry);
  }

  /** Lets a waiting entry go on with this purpose, where it is the more urgent one. */
  raise(entry: Entry, purpose: InquiryPurpose): void {
    if (urgencyOf(purpose) >= urgencyOf(entry.purpose)) return;
    entry.purpose = purpose;
    // It stays in its old lane too, and is passed over there.
    this.#enqueue(entry);
  }

  /** The purpose whose turn it is; undefined when nothing waits. */
  get nextPurpose(): InquiryPurpose | undefined {
    return PURPOSES.find((purpose) => this.#peek(purpose) !== undefined);
  }

  /** Takes the next entry out; undefined when nothing waits. */
  take(): Entry | undefined {
    const purpose = this.nextPurpose;
    return purpose === undefined ? undefined : this.#takeFrom(purpose);
  }

  /** Takes out the oldest of the least urgent ones; undefined when none is less urgent than `purpose`. */
  takeBelow(purpose: InquiryPurpose): Entry | undefined {
    const below = PURPOSES.slice(urgencyOf(purpose) + 1).findLast((each) => this.#peek(each) !== undefined);
    return below === undefined ? undefined : this.#takeFrom(below);
  }

  clear(): void {
    this.#entries.clear();
    for (const purpose of PURPOSES) this.#lanes[purpose].clear();
  }

  #enqueue(entry: Entry): void {
    const lane = this.#lanes[entry.purpose];
    const queue = lane.get(entry.namespace);
    if (queue === undefined) lane.set(entry.namespace, [entry]);
    else queue.push(entry);
  }

  /** The entry whose turn it is in a lane, after forgetting those that are there no more. */
  #peek(purpose: InquiryPurpose): Entry | undefined {
    const lane = this.#lanes[purpose];
    for (const [namespace, queue] of lane) {
      for (let entry = queue[0]; entry !== undefined; entry = queue[0]) {
        if (entry.purpose === purpose && this.#entries.get(entry.path) === entry) return entry;
        queue.shift();
      }
      lane.delete(namespace);
    }
    return undefined;
  }

  #takeFrom(purpose: InquiryPurpose): Entry | undefined {
    const entry = this.#peek(purpose);
    if (entry === undefined) return undefined;
    const lane = this.#lanes[purpose];
    const queue = lane.get(entry.namespace) ?? [];
    queue.shift();
    lane.delete(entry.namespace);
    // The turn goes on to the next namespace.
    if (queue.length > 0) lane.set(entry.namespace, queue);
    this.#entries.delete(entry.path);
    return entry;
  }
}
