import type { NewDelivery } from "../alert/index.ts";
import type { Bell } from "./bell.ts";
import type { Commands } from "./commands.ts";
import type { EngineStore } from "./engine-store.ts";
import type { Outbox } from "./outbox.ts";
import type { Queries } from "./queries.ts";

/**
 * The right to write one part of the store, which one process has at a time. Each holding is a fence: the next holder
 * reads everything that was written before the holding was lost, and nothing is written after.
 */
export interface Holding {
  readonly name: string;
  /** Greater than the epoch of every earlier holding of this name. */
  readonly epoch: bigint;
  /** Aborts when this process may not write any more, or does not know whether it may. */
  readonly lost: AbortSignal;
  /** Milliseconds on the monotonic clock: until then no other process can hold it. No attempt may begin later. */
  validUntil(): number;
  /** Gives the holding back; afterwards every write throws ERR_FENCED. May be called again. */
  release(): Promise<void>;
}

/** The holding of one partition: source, engine and their state. */
export interface EngineHolding extends Holding {
  readonly store: EngineStore;
}

/**
 * The holding of one sink. Only its holder sends, because pace, circuit breaker and backoff are state of one process.
 */
export interface SinkHolding extends Holding {
  readonly outbox: Outbox;
}

/** The holding of work that one process does for all: heartbeat and self-alerts. */
export interface HouseHolding extends Holding {
  readonly house: House;
}

/** The writes of the holder of `house`. */
export interface House {
  /** Stores deliveries that no engine made; no engine learns their outcome. */
  send(deliveries: readonly NewDelivery[]): Promise<void>;
}

/** Changes of dead letters; any process may make them, because no worker uses these rows. */
export interface DeadLetterActions {
  /**
   * Puts dead letters back into their queues.
   *
   * @param now Epoch milliseconds.
   * @param note A line for people behind the other notes of each notification; left out: none.
   * @returns Number of rows put back.
   */
  retry(ids: readonly string[], now: number, note?: string): Promise<number>;
  drop(ids: readonly string[]): Promise<number>;
}

/** Keys that all processes of a bridge share, and that outlive them. */
export interface SharedKeys {
  /** The key of this name. Where there is none yet, `fresh` becomes it; any process may be the first. */
  keep(name: string, fresh: Uint8Array): Promise<Uint8Array>;
}

/**
 * The store, as one process uses it. It is asynchronous although SQLite is not, so that another store can take its
 * place.
 * Every implementation passes `describeEngineStore`, `describeOutbox`, `describeQueries` and `describeHoldings`.
 */
export interface StoreHost {
  readonly queries: Queries;
  readonly commands: Commands;
  readonly deadLetters: DeadLetterActions;
  readonly sharedKeys: SharedKeys;
  readonly bell: Bell;
  /**
   * Takes a holding. Waits while another process, or another host of this process, has it.
   *
   * @param name `engine/<partition>`, `sink/<name of a sink>` or `house`.
   * @throws The reason of `signal`, when it aborts before; ERR_STORE when the store does not work, or is closed.
   */
  hold(name: `engine/${number}`, signal: AbortSignal): Promise<EngineHolding>;
  hold(name: `sink/${string}`, signal: AbortSignal): Promise<SinkHolding>;
  hold(name: "house", signal: AbortSignal): Promise<HouseHolding>;
  /** True while writes succeed. */
  isWritable(): boolean;
  /** Releases all holdings, and closes the store. */
  close(): Promise<void>;
}
