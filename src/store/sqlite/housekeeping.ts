import { setImmediate } from "node:timers/promises";

import type { RefusedRecords } from "../engine-store.ts";
import type { SqliteFile } from "./sqlite-file.ts";

const HOUR_MS = 3_600_000;

/** How long ended deliveries, decisions and dead letters are kept. Only lists and explanations need them. */
const KEEP_ENDED_MS = 24 * HOUR_MS;
const KEEP_DECISIONS_MS = 7 * 24 * HOUR_MS;
const KEEP_DEAD_MS = 30 * 24 * HOUR_MS;

/** How long the history keeps alerts that never fired, at most. */
const KEEP_UNFIRED_MS = KEEP_DECISIONS_MS;

/** From this share of `maxBytes` on, history gives way, and then ended deliveries and decisions are kept for a shorter time. */
const TIGHT = 0.8;
const KEEP_WHEN_TIGHT_MS = HOUR_MS;

/** Steps of one `trim`, each a short transaction: enough for 100,000 seen rows. */
const MOST_STEPS = 50;

/** Forgets old rows in short transactions, and keeps the file within its bound. */
export class Housekeeping {
  readonly #file: SqliteFile;
  readonly #write: <Result>(work: () => Result) => Promise<Result>;

  constructor(file: SqliteFile, write: <Result>(work: () => Result) => Promise<Result>) {
    this.#file = file;
    this.#write = write;
  }

  get isOverfull(): boolean {
    const { connection, maxBytes } = this.#file;
    return connection.usedBytes() > maxBytes;
  }

  refuseWhenFull(): void {
    if (!this.isOverfull) return;
    const { connection, maxBytes } = this.#file;
    throw new Error(
      `full: ${connection.usedBytes()} of ${maxBytes} bytes are used (raise state.maxBytes, or mend the sinks)`,
    );
  }

  /** Forgets rows that have expired, or are old. */
  async trim(now: number): Promise<void> {
    const { tables, log } = this.#file;
    await this.#write(() => this.#begin(now));
    await this.#trimHistory(now);
    const isTight = this.#isTight;
    const before = (keepMs: number): number => now - (isTight ? KEEP_WHEN_TIGHT_MS : keepMs);
    await this.#repeat(() => [
      tables.seen.sweep(now),
      tables.owners.sweep(now),
      tables.decisions.sweep(before(KEEP_DECISIONS_MS)),
      tables.deliveries.sweep(before(KEEP_ENDED_MS)),
    ]);
    const dropped = await this.#write(() => tables.deadLetters.sweep(now - KEEP_DEAD_MS));
    if (dropped > 0) log.warn("old dead letters are dropped", { count: dropped });
  }

  get #isTight(): boolean {
    const { connection, maxBytes } = this.#file;
    return connection.usedBytes() > maxBytes * TIGHT;
  }

  /** Notes from when on the past is kept. */
  #begin(now: number): void {
    const { tables, historyForMs } = this.#file;
    tables.kept.begin("decision", now);
    for (const past of ["ended", "activity"] as const) {
      if (historyForMs > 0) tables.kept.begin(past, now);
      else tables.kept.end(past);
    }
  }

  async #trimHistory(now: number): Promise<void> {
    const { tables, historyForMs } = this.#file;
    const before = now - historyForMs;
    const unfiredBefore = Math.max(before, now - KEEP_UNFIRED_MS);
    await this.#repeat(() => [tables.ended.sweep(before, unfiredBefore), tables.activity.sweep(before)]);
    await this.#squeezeHistory(() => this.#isTight);
  }

  /**
   * Forgets rows until the file has room: history, then those that only explain the past otherwise, then dead records, then records that wait.
   *
   * @returns The records that waited and were dropped.
   */
  async makeRoom(): Promise<RefusedRecords> {
    const { clock, tables } = this.#file;
    const now = clock.now();
    await this.#squeezeHistory(() => this.isOverfull);
    await this.#repeat(() =>
      this.isOverfull
        ? [
            tables.decisions.sweep(now + 1),
            tables.deliveries.squeeze(now),
            tables.seen.sweep(now),
            tables.owners.sweep(now),
          ]
        : [],
    );
    let dead = 0;
    await this.#repeat(() => {
      const dropped = this.isOverfull ? tables.deadLetters.dropOldestRecords() : 0;
      dead += dropped;
      return [dropped > 0];
    });
    if (dead > 0)
      this.#file.log.warn("dead letters of forward are dropped, the state is full", { count: dead });
    return this.#dropWaitingRecords();
  }

  /** Forgets history while there is too little room. */
  async #squeezeHistory(isNeeded: () => boolean): Promise<void> {
    const { tables, log } = this.#file;
    let dropped = false;
    await this.#repeat(() => {
      const hasDropped = isNeeded() && tables.ended.squeeze();
      dropped ||= hasDropped;
      return [hasDropped];
    });
    if (!dropped) return;
    const since = tables.kept.since("ended");
    log.warn("history gives way, the state is nearly full: raise state.maxBytes to keep more", {
      keptSince: since === undefined ? null : new Date(since).toISOString(),
    });
  }

  /** Drops the oldest records of the sink that has the most, again and again. */
  async #dropWaitingRecords(): Promise<RefusedRecords> {
    const { records } = this.#file.tables;
    const refused = new Map<string, number>();
    await this.#repeat(() => {
      const { largest } = records.sizes;
      if (!this.isOverfull || largest === undefined) return [];
      const dropped = records.dropOldest(largest);
      if (dropped > 0) refused.set(largest, (refused.get(largest) ?? 0) + dropped);
      return [dropped > 0];
    });
    return refused;
  }

  /** Repeats a step while it finds more. @param sweep Returns for each table whether it may have more. */
  async #repeat(sweep: () => readonly boolean[]): Promise<void> {
    for (let step = 0; step < MOST_STEPS; step++) {
      const more = await this.#write(sweep);
      if (!more.includes(true)) break;
      // Other writers get their turn in between.
      await setImmediate();
    }
  }
}
