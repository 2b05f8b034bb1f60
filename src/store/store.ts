import type {
  Changes,
  DeliveryOutcome,
  NewDelivery,
  Notification,
  OwnerRow,
  StoredEntity,
} from "../alert/index.ts";
import type { Position, SeenRow } from "../event/index.ts";
import type {
  DeadLetterQuery,
  DecisionCount,
  DecisionQuery,
  DecisionRow,
  DeliveryQuery,
  DeliveryRow,
  Page,
} from "./queries.ts";

/** What the engine needs to go on after a restart. Bounded by what is open, not by the cluster's Events. */
export interface LoadedState {
  readonly positions: readonly Position[];
  /** In the order in which each was first stored. */
  readonly entities: readonly StoredEntity[];
}

/** A delivery that the caller owns until it settles it. */
export interface LeasedDelivery {
  readonly id: string;
  readonly sink: string;
  readonly groupKey: string;
  readonly notification: Notification;
  /** 1 for the first. */
  readonly attempt: number;
  /** What the sink asked to be given on this attempt (refused recipients, say). */
  readonly remaining: unknown;
  /** What the sink remembers of this group (a thread, say). */
  readonly receiver: unknown;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
}

/** A forwarded record that the caller owns until it settles it. */
export interface LeasedRecord {
  readonly id: string;
  readonly sink: string;
  /** JSON. */
  readonly body: string;
  readonly attempt: number;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
}

/** How one attempt ended. Times are epoch milliseconds. */
export type AttemptResult =
  | {
      readonly id: string;
      readonly outcome: "delivered";
      readonly at: number;
      /** New memory of the sink about this group, at most 4 KiB as JSON; undefined leaves it as it was. */
      readonly receiver?: unknown;
    }
  /** No attempt was made of it this time. */
  | { readonly id: string; readonly outcome: "expired"; readonly at: number }
  | { readonly id: string; readonly outcome: "dead"; readonly at: number; readonly error: string }
  | {
      readonly id: string;
      /** Waits again until `dueAt`. `started: false` gives the row back without counting an attempt. */
      readonly outcome: "retry";
      readonly at: number;
      readonly dueAt: number;
      readonly started: boolean;
      readonly error: string;
      readonly remaining?: unknown;
    };

/** A delivery or record nobody will try again by itself. */
export interface DeadLetter {
  readonly id: string;
  readonly sink: string;
  readonly kind: "notification" | "record";
  readonly title: string;
  readonly error: string;
  readonly attempts: number;
  readonly createdAt: number;
  readonly buriedAt: number;
  /** JSON: the notification or record. */
  readonly body: string;
}

/** A delivery that its sink does not take, and of which its fallback has not heard yet. */
export interface OverdueDelivery {
  readonly id: string;
  readonly groupKey: string;
  readonly notification: Notification;
  /** Whether the sink refused it for good; else it waits. */
  readonly isDead: boolean;
  /** Whether the fallback was told of the group before, and not of its end. */
  readonly isTold: boolean;
}

/** How much waits for a sink. */
export interface QueueDepth {
  readonly sink: string;
  /** What is being sent still counts. */
  readonly waiting: number;
  /** Epoch milliseconds; undefined when nothing waits. */
  readonly oldestAt: number | undefined;
  readonly dead: number;
}

/**
 * Everything that must survive. One writer. Asynchronous although SQLite is not, so that another store can take its
 * place; every implementation passes `describeStore`.
 *
 * Deliveries: waiting → leased → delivered | superseded | expired | dead, or back to waiting. Only `commit` adds and
 * supersedes, only `lease…` leases, only `settle` ends. A lease lasts until then, whatever the clock says, and every
 * lease of a process before is void at `open`: at least once. A `resolved` of which nothing is to be sent is superseded as soon as it is committed.
 */
export interface Store {
  /** Reads in steps, each of which gives the event loop back. */
  load(): Promise<LoadedState>;
  /** Rows for the lineages that are known; the answer is keyed by lineage. */
  seen(lineages: readonly string[]): Promise<ReadonlyMap<string, SeenRow>>;
  /** Rows for the objects that are known, keyed by object (`Kind/namespace/name`). Using a row renews it. */
  owners(objects: readonly string[]): Promise<ReadonlyMap<string, OwnerRow>>;
  /**
   * One transaction: all of it is durable when the promise resolves, or none. Repeating it changes nothing.
   *
   * @throws {TocsinError} ERR_STORE; try again with the same Changes.
   */
  commit(changes: Changes): Promise<void>;
  /**
   * Takes due deliveries of a sink: per group only the oldest, and none of a group with a leased one.
   *
   * @param query.limit 1 or more.
   */
  leaseDeliveries(query: LeaseQuery): Promise<readonly LeasedDelivery[]>;
  /** Takes due records of a sink, oldest first. */
  leaseRecords(query: LeaseQuery): Promise<readonly LeasedRecord[]>;
  /** Ends attempts; one transaction. Ids that are not leased any more are ignored. */
  settle(settlements: readonly AttemptResult[]): Promise<void>;
  /**
   * Deliveries that are to go to the sink's fallback: those that wait since `waitingSince` or longer, those that died
   * at `deadSince` or later, and the ends of groups the fallback was told of. Each until `fallBack` notes it.
   */
  overdue(query: OverdueQuery): Promise<readonly OverdueDelivery[]>;
  /** Notes that these went to the fallback, with what it is sent of them (undefined: nothing); one transaction. */
  fallBack(rows: readonly { readonly id: string; readonly copy: NewDelivery | undefined }[]): Promise<void>;
  /** Ended deliveries that no `commit` has noted yet, oldest first. Records have no outcomes. */
  outcomes(limit: number): Promise<readonly DeliveryOutcome[]>;
  /** The next instant at which something of this sink becomes due, or undefined. */
  nextDueAt(sink: string): Promise<number | undefined>;
  depths(): Promise<readonly QueueDepth[]>;
  /** What waits or is being sent, newest first; or what has ended, the newest end first. */
  deliveries(query: DeliveryQuery): Promise<Page<DeliveryRow>>;
  /** Why people were, or were not, told; newest first. */
  decisions(query: DecisionQuery): Promise<Page<DecisionRow>>;
  /** How many decisions were made from `since` (epoch milliseconds) on, by what they say. */
  decisionCounts(since: number): Promise<readonly DecisionCount[]>;
  /** How much of its bound the store uses. */
  usedBytes(): Promise<number>;
  /** Newest first. */
  deadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  /** Puts dead letters back into the queue; answers how many there were. */
  retryDead(ids: readonly string[], now: number): Promise<number>;
  dropDead(ids: readonly string[]): Promise<number>;
  /** Makes dead letters of everything that waits for sinks not in the list; answers how many. */
  buryOrphans(sinks: readonly string[], now: number): Promise<number>;
  /** Forgets what has expired: seen rows, owners, old decisions, ended deliveries. Bounded work per call. */
  trim(now: number): Promise<void>;
  /** True while writes succeed. */
  isWritable(): boolean;
  close(): Promise<void>;
}

/** What to lease. */
export interface LeaseQuery {
  readonly sink: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly limit: number;
}

/** What to hand to a fallback. Times are epoch milliseconds. */
export interface OverdueQuery {
  readonly sink: string;
  readonly waitingSince: number;
  readonly deadSince: number;
  readonly limit: number;
}
