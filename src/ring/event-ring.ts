import { setImmediate } from "node:timers/promises";

import { type Batch, type ClusterEvent, lastHeardOf, normalise, type Observation } from "../event/index.ts";
import type { Clock } from "../lib/clock.ts";
import { isCutLine, LONGEST_LINE, readEventLine, writeEventLine } from "./event-line.ts";
import { LineBlock } from "./line-block.ts";
import { type Known, RingStreams } from "./ring-streams.ts";

/** The size of a ring. */
export interface RingLimits {
  readonly events: number;
  /** Of memory. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly ageMs: number;
  /** Of one block of lines, more than twice the longest line. */
  readonly blockBytes: number;
}

/** docs/sizing.md#memory */
const LIMITS: RingLimits = {
  events: 50_000,
  bytes: 8 * 1024 * 1024,
  ageMs: 3_600_000,
  blockBytes: 256 * 1024,
};

/** At most one block is packed in so many milliseconds, which bounds the work in a storm: most blocks are dropped unpacked then. */
const PACK_EVERY_MS = 100;

/** Collaborators and values of a ring. */
export interface EventRingOptions {
  /** Unlike that of any other ring: numbers mean nothing in another one. */
  readonly epoch: string;
  readonly clock: Clock;
  readonly limits?: RingLimits;
}

/** One state of an Event, as the ring has it. */
export interface RingEvent {
  /** Counts up from 1. */
  readonly number: number;
  /** Epoch milliseconds: when it came, or, for one of a list, when it was last heard of. */
  readonly at: number;
  readonly event: ClusterEvent;
}

/** The JSON of a state of an Event: `{ "type": …, "object": … }`. */
export interface RingLine {
  /** Epoch milliseconds, as in `RingEvent`. */
  readonly at: number;
  readonly text: string;
}

/** The span of Events that are wanted. */
export interface RingSpan {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly most: number;
}

/** The place of an Event in the order of answers. */
export type RingPlace = Pick<RingEvent, "number" | "at">;

/** A question to the ring. */
export interface RingQuery {
  /** Epoch milliseconds. */
  readonly since: number;
  /** Only Events behind this one. */
  readonly after?: RingPlace | undefined;
  readonly limit: number;
  /** Sees the JSON of an Event before it is parsed; its answer may be a wrong yes, never a wrong no. */
  readonly mayMatch?: ((text: string) => boolean) | undefined;
  readonly matches: (event: ClusterEvent) => boolean;
}

/**
 * The Events of the last hour, for people and for trials of rules: all of them, also those that nothing wants. A watched
 * Event costs the copy of its line and nothing else; it is parsed when somebody asks. Old blocks of lines are packed.
 */
export class EventRing {
  readonly epoch: string;
  readonly #clock: Clock;
  readonly #limits: RingLimits;
  readonly #streams = new RingStreams();
  /** Oldest first, with the number of the first Event of each; the last one is written to. */
  #blocks: readonly { readonly first: number; readonly block: LineBlock }[] = [];
  #spare: Buffer | undefined;
  #isPacking = false;

  constructor({ epoch, clock, limits = LIMITS }: EventRingOptions) {
    this.epoch = epoch;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Takes in the states of Events of a batch that the ring does not have yet. */
  record(batch: Batch, known: Known): void {
    const fresh = this.#streams.freshOf(batch, known);
    if (batch.via === "list") this.#recordListed(fresh, batch);
    else this.#recordWatched(fresh, batch);
  }

  /** Events and bytes that it holds now. */
  size(): { readonly events: number; readonly bytes: number } {
    this.#trim();
    const events = this.#blocks.reduce((sum, { block }) => sum + block.count, 0);
    return { events, bytes: this.#bytes() };
  }

  /** Epoch milliseconds of the oldest Event that it has; undefined for none. */
  oldestAt(): number | undefined {
    this.#trim();
    const recent = this.#blocks.filter(({ block }) => block.newestAt >= this.#horizon());
    const oldest = Math.min(...recent.map(({ block }) => block.oldestAt));
    return recent.length === 0 ? undefined : Math.max(oldest, this.#horizon());
  }

  /** The newest Events that match, newest first, and whether there are more. Other work runs in between. */
  async read({
    since,
    after,
    limit,
    mayMatch,
    matches,
  }: RingQuery): Promise<{ readonly rows: readonly RingEvent[]; readonly more: boolean }> {
    this.#trim();
    const from = Math.max(since, this.#horizon());
    const isWanted = (place: RingPlace): boolean =>
      place.at >= from && (after === undefined || compare(after, place) < 0);
    let found: readonly RingEvent[] = [];
    const newestFirst = this.#blocks.toSorted((a, b) => b.block.newestAt - a.block.newestAt);
    for (const { first, block } of newestFirst) {
      const last = found[limit];
      // All that is still to come is older.
      if (block.newestAt < from || (last !== undefined && block.newestAt < last.at)) break;
      if (after !== undefined && block.oldestAt > after.at) continue;
      const more = await eventsIn(block, first, { isWanted, mayMatch, matches });
      found = [...found, ...more].toSorted(compare).slice(0, limit + 1);
      await setImmediate();
    }
    return { rows: found.slice(0, limit), more: found.length > limit };
  }

  /**
   * The newest lines as the watch gave them, oldest first, and whether there are more. Events that were too long for a
   * line are not among them. Other work runs in between.
   */
  async lines({
    since,
    most,
  }: RingSpan): Promise<{ readonly lines: readonly RingLine[]; readonly more: boolean }> {
    this.#trim();
    const from = Math.max(since, this.#horizon());
    const found: RingLine[][] = [];
    let count = 0;
    for (const { block } of this.#blocks.toReversed()) {
      if (count > most) break;
      if (block.newestAt < from) continue;
      const lines = (await block.lines()).filter(({ at, text }) => at >= from && !isCutLine(text));
      found.unshift(lines);
      count += lines.length;
      await setImmediate();
    }
    const newest = found.flat().slice(-most);
    return { lines: newest.toSorted((a, b) => a.at - b.at), more: count > most };
  }

  /** One Event by its number; undefined when it is gone. */
  async get(number: number): Promise<RingEvent | undefined> {
    const holding = this.#blocks.find(({ first, block }) => number >= first && number < first + block.count);
    if (holding === undefined) return undefined;
    const isWanted = (place: RingPlace): boolean => place.number === number;
    const [found] = await eventsIn(holding.block, holding.first, { isWanted, matches: () => true });
    return found;
  }

  /** Lines that follow each other in memory are copied together. */
  #recordWatched(observations: readonly Observation[], { cluster, receivedAt: at }: Batch): void {
    let run: { readonly bytes: Buffer; readonly from: number; to: number; count: number } | undefined;
    const end = (): void => {
      if (run !== undefined) this.#add(run.bytes, run.from, run.to, { count: run.count, at, cluster });
      run = undefined;
    };
    for (const observation of observations) {
      const { line } = observation;
      if (line === undefined || line.to - line.from > LONGEST_LINE) {
        end();
        this.#addWritten(observation, { at, cluster });
      } else if (
        run?.bytes === line.bytes &&
        run.to + 1 === line.from &&
        line.to - run.from <= LONGEST_LINE
      ) {
        run.to = line.to;
        run.count += 1;
      } else {
        end();
        run = { bytes: line.bytes, from: line.from, to: line.to, count: 1 };
      }
    }
    end();
  }

  #recordListed(observations: readonly Observation[], { cluster, receivedAt }: Batch): void {
    for (const observation of observations) {
      const at = Math.min(heardOf(observation), receivedAt);
      if (at >= this.#horizon()) this.#addWritten(observation, { at, cluster });
    }
  }

  #addWritten(observation: Observation, mark: { readonly at: number; readonly cluster: string }): void {
    const text = writeEventLine(observation);
    if (text !== undefined) this.#add(text, 0, text.length, { count: 1, ...mark });
  }

  #add(
    bytes: Buffer,
    from: number,
    to: number,
    lines: { readonly count: number; readonly at: number; readonly cluster: string },
  ): void {
    if (this.#blocks.at(-1)?.block.add(bytes, from, to, lines) === true) return;
    this.#begin().add(bytes, from, to, lines);
  }

  /** Begins the next block. */
  #begin(): LineBlock {
    const last = this.#blocks.at(-1);
    const room = this.#spare ?? Buffer.allocUnsafeSlow(this.#limits.blockBytes);
    this.#spare = undefined;
    const block = new LineBlock(room);
    this.#blocks = [
      ...this.#blocks,
      { first: last === undefined ? 1 : last.first + last.block.count, block },
    ];
    this.#trim();
    this.#packSoon();
    return block;
  }

  /** Drops what is too much or too old, all but the block that is written to. */
  #trim(): void {
    const horizon = this.#horizon();
    let bytes = this.#bytes();
    let events = this.#blocks.reduce((sum, { block }) => sum + block.count, 0);
    let dropped = 0;
    for (const { block } of this.#blocks.slice(0, -1)) {
      if (bytes <= this.#limits.bytes && events <= this.#limits.events && block.newestAt >= horizon) break;
      bytes -= block.bytes;
      events -= block.count;
      dropped += 1;
      this.#spare ??= block.clear();
    }
    if (dropped > 0) this.#blocks = this.#blocks.slice(dropped);
  }

  #packSoon(): void {
    if (this.#isPacking || this.#nextToPack() === undefined) return;
    this.#isPacking = true;
    this.#clock.after(PACK_EVERY_MS, () => void this.#pack());
  }

  async #pack(): Promise<void> {
    const free = await this.#nextToPack()?.pack();
    this.#spare ??= free;
    this.#isPacking = false;
    this.#packSoon();
  }

  /** The newest one, since the oldest ones are dropped next. */
  #nextToPack(): LineBlock | undefined {
    return this.#blocks.slice(0, -1).findLast(({ block }) => block.isPackable)?.block;
  }

  #bytes(): number {
    return this.#blocks.reduce((sum, { block }) => sum + block.bytes, this.#spare?.length ?? 0);
  }

  #horizon(): number {
    return this.#clock.now() - this.#limits.ageMs;
  }
}

/** Newest first. */
function compare(a: RingPlace, b: RingPlace): number {
  return b.at - a.at || b.number - a.number;
}

async function eventsIn(
  block: LineBlock,
  first: number,
  {
    isWanted,
    mayMatch,
    matches,
  }: { readonly isWanted: (place: RingPlace) => boolean } & Pick<RingQuery, "mayMatch" | "matches">,
): Promise<readonly RingEvent[]> {
  const found: RingEvent[] = [];
  for (const { index, at, text, cluster } of await block.lines()) {
    const place = { number: first + index, at };
    if (!isWanted(place) || mayMatch?.(text) === false) continue;
    const event = readEventLine(text, cluster);
    if (event !== undefined && matches(event)) found.push({ ...place, event });
  }
  return found;
}

/** Epoch milliseconds; negative infinity for an observation that is no valid Event. */
function heardOf({ raw, head }: Observation): number {
  try {
    return lastHeardOf(normalise(raw, head.cluster));
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}
