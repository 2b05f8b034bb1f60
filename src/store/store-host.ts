import type { NewDelivery } from "../alert/index.ts";
import type { Bell } from "./bell.ts";
import type { Commands } from "./commands.ts";
import type { EngineStore } from "./engine-store.ts";
import type { Outbox } from "./outbox.ts";
import type { Queries } from "./queries.ts";

/**
 * The right to write one part of the store, which one process has at a time. Each holding is a fence: what was written
 * before it was lost happened before what the next holder reads, and nothing is written after.
 */
export interface Holding {
  readonly name: string;
  /** Greater than that of every holder before. */
  readonly epoch: bigint;
  /** Aborts when this process may not write any more, or cannot know whether it may. */
  readonly lost: AbortSignal;
  /** On the monotonic clock, milliseconds: until then nobody else can hold it. No attempt to send may begin later. */
  validUntil(): number;
  /** Lets the next one have it; afterwards every write throws ERR_FENCED. May be called again. */
  release(): Promise<void>;
}

/** One partition: source, engine and their state. */
export interface EngineHolding extends Holding {
  readonly store: EngineStore;
}

/** All sending of one sink: its pace, circuit and back-off are state of one worker. */
export interface SinkHolding extends Holding {
  readonly outbox: Outbox;
}

/** Work that one process does for all: heartbeat and alerts about Tocsin itself. */
export interface HouseHolding extends Holding {
  readonly house: House;
}

/** What the holder of `house` writes. */
export interface House {
  /** Stores deliveries that no engine made; no engine learns their outcome. */
  send(deliveries: readonly NewDelivery[]): Promise<void>;
}

/** Writes to what nobody works on any more; any process may do them. */
export interface DeadLetterActions {
  /** Puts dead letters back into the queue; answers how many there were. @param now Epoch milliseconds. */
  retry(ids: readonly string[], now: number): Promise<number>;
  drop(ids: readonly string[]): Promise<number>;
}

/**
 * What one process may do with the store. Asynchronous although SQLite is not, so that another store can take its place;
 * every implementation passes `describeEngineStore`, `describeOutbox`, `describeQueries` and `describeHoldings`.
 */
export interface StoreHost {
  readonly queries: Queries;
  readonly commands: Commands;
  readonly deadLetters: DeadLetterActions;
  readonly bell: Bell;
  /**
   * Resolves when this process holds it: waits while another does, also while another host of this process does.
   *
   * @param name `engine/<partition>`, `sink/<name of a sink>` or `house`.
   * @throws The reason of `signal`, when it aborts before.
   */
  hold(name: `engine/${number}`, signal: AbortSignal): Promise<EngineHolding>;
  hold(name: `sink/${string}`, signal: AbortSignal): Promise<SinkHolding>;
  hold(name: "house", signal: AbortSignal): Promise<HouseHolding>;
  /** True while writes succeed. */
  isWritable(): boolean;
  /** Releases what is held and closes the store. */
  close(): Promise<void>;
}
