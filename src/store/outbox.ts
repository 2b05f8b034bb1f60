import type { NewDelivery, Notification } from "../alert/index.ts";

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
      /** As for a delivered one. */
      readonly receiver?: unknown;
      /** Where it goes, so that a lease can leave it out while that is closed; undefined leaves it as it was. */
      readonly destination?: string | undefined;
    };

/** What to lease. */
export interface LeaseQuery {
  /** Epoch milliseconds. */
  readonly now: number;
  /** How many deliveries at most. */
  readonly deliveries: number;
  /** How many records at most. */
  readonly records: number;
  /** Deliveries known to go to one of these destinations stay where they are; left out: none do. */
  readonly closed?: readonly string[];
}

/** What was leased. */
export interface Leased {
  readonly deliveries: readonly LeasedDelivery[];
  readonly records: readonly LeasedRecord[];
}

/** Leases nothing. */
export const NO_LEASE: LeaseQuery = { now: 0, deliveries: 0, records: 0 };

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

/** What to hand to a fallback. Times are epoch milliseconds. */
export interface OverdueQuery {
  readonly waitingSince: number;
  readonly deadSince: number;
  readonly limit: number;
}

/** A delivery that went to the fallback, with what that one is sent of it (undefined: nothing). */
export interface FallenBack {
  readonly id: string;
  readonly copy: NewDelivery | undefined;
}

/**
 * The queue of one sink. Only the holder of `sink/<name>` has it. Questions change nothing.
 *
 * Deliveries: waiting → leased → delivered | superseded | expired | dead, or back to waiting. Commits of engines add and
 * supersede them; `exchange` leases them and ends attempts. A lease belongs to one holding and lasts until it is
 * settled, whatever the clock says; the next holder of the sink finds the row waiting again: at least once.
 *
 * @throws {TocsinError} Every method: ERR_FENCED when the sink is not held any more, which is final; ERR_STORE when the
 * store does not work, and then the same call may be made again.
 */
export interface Outbox {
  /**
   * Ends attempts and leases what is due, in one transaction: of deliveries per group only the oldest, and none of a
   * group with a leased one; of records the oldest. Results of rows that this holding has not leased are ignored.
   */
  exchange(results: readonly AttemptResult[], lease: LeaseQuery): Promise<Leased>;
  /**
   * The next instant at which something becomes due, or undefined.
   *
   * @param closed As for a lease.
   */
  nextDueAt(closed?: readonly string[]): Promise<number | undefined>;
  /**
   * Deliveries that are to go to the sink's fallback: those that wait since `waitingSince` or longer, those that died
   * at `deadSince` or later, and the ends of groups the fallback was told of. Each until `fallBack` notes it.
   */
  overdue(query: OverdueQuery): Promise<readonly OverdueDelivery[]>;
  /** Notes that these went to the fallback; one transaction. */
  fallBack(rows: readonly FallenBack[]): Promise<void>;
  /**
   * Makes dead letters of everything that waits, since the sink is not configured any more; answers how many.
   *
   * @param now Epoch milliseconds.
   */
  buryOrphans(now: number): Promise<number>;
}
