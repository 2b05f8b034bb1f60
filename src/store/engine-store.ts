import type { ActivityCount, Changes, DeliveryOutcome, OwnerRow, StoredEntity } from "../alert/index.ts";
import type { Position, SeenRow } from "../event/index.ts";
import type { Command } from "./commands.ts";

/** How many records were dropped because the store had no room for them, by sink. Mostly empty. */
export type RefusedRecords = ReadonlyMap<string, number>;

/**
 * The state of one engine: the rows of its partition, which is a set of whole clusters. Only the holder of
 * `engine/<partition>` has it. Questions change nothing.
 *
 * @throws {TocsinError} Every method: ERR_FENCED when the partition is not held any more, which is final; ERR_STORE
 * when the store does not work, and then the same call may be made again.
 */
export interface EngineStore {
  /** How far each stream was read. */
  positions(): Promise<readonly Position[]>;
  /**
   * Reads the entities in steps, and lets the event loop run between them. An alert comes in one step with its parts
   * (event, members, omitted members), so that no more than a step is ever kept twice. Alerts, and the entities of each
   * other kind, come in the order in which each was first stored.
   *
   * @param take Called for each step; an error of it ends the load.
   */
  load(take: (step: readonly StoredEntity[]) => void): Promise<void>;
  /** The counts of the newest bucket of activity. */
  activity(): Promise<readonly ActivityCount[]>;
  /** The rows of known lineages, keyed by lineage. */
  seen(lineages: readonly string[]): Promise<ReadonlyMap<string, SeenRow>>;
  /** The rows of known objects, keyed by the key of the object (`ObjectKey`). */
  owners(objects: readonly string[]): Promise<ReadonlyMap<string, OwnerRow>>;
  /**
   * Writes the Changes in one transaction: when the promise resolves, all of them are durable, else none. Repeating it
   * changes nothing. A new delivery supersedes waiting ones of its sink and group.
   *
   * @returns The records of `forward` that had no room: those of one sink that is down must not keep alerts from others.
   */
  commit(changes: Changes): Promise<RefusedRecords>;
  /** Ended deliveries of this partition that no `commit` has adopted yet, oldest first. Records have no outcomes. */
  outcomes(limit: number): Promise<readonly DeliveryOutcome[]>;
  /** Commands that no `commit` has done yet, in the order in which they were put. */
  commands(limit: number): Promise<readonly Command[]>;
  /** Forgets expired rows: seen Events, owners, old decisions, ended deliveries, history. The work of one call is bounded. */
  trim(now: number): Promise<void>;
}
