import type { Changes, DeliveryOutcome, OwnerRow, StoredEntity } from "../alert/index.ts";
import type { Position, SeenRow } from "../event/index.ts";
import type { Command } from "./commands.ts";

/** What the engine needs to go on after a restart. Bounded by what is open, not by the cluster's Events. */
export interface LoadedState {
  readonly positions: readonly Position[];
  /** In the order in which each was first stored. */
  readonly entities: readonly StoredEntity[];
}

/**
 * What one engine keeps: the rows of its partition, which is a set of whole clusters. Only the holder of
 * `engine/<partition>` has it. Questions change nothing.
 *
 * @throws {TocsinError} Every method: ERR_FENCED when the partition is not held any more, which is final; ERR_STORE
 * when the store does not work, and then the same call may be made again.
 */
export interface EngineStore {
  /** Reads in steps, each of which gives the event loop back. */
  load(): Promise<LoadedState>;
  /** Rows for the lineages that are known; the answer is keyed by lineage. */
  seen(lineages: readonly string[]): Promise<ReadonlyMap<string, SeenRow>>;
  /** Rows for the objects that are known, keyed by object (`Kind/namespace/name`). */
  owners(objects: readonly string[]): Promise<ReadonlyMap<string, OwnerRow>>;
  /**
   * One transaction: all of it is durable when the promise resolves, or none. Repeating it changes nothing. Waiting
   * deliveries of the same sink and group are superseded.
   */
  commit(changes: Changes): Promise<void>;
  /** Ended deliveries of this partition that no `commit` has noted yet, oldest first. Records have no outcomes. */
  outcomes(limit: number): Promise<readonly DeliveryOutcome[]>;
  /** Commands that no `commit` has done yet, in the order in which they were put. */
  commands(limit: number): Promise<readonly Command[]>;
  /** Forgets what has expired: seen rows, owners, old decisions, ended deliveries. Bounded work per call. */
  trim(now: number): Promise<void>;
}
