import type { NewDelivery, Notification, NotifiedAlert } from "../alert/index.ts";

/** A delivery that the caller owns until it reports a result. */
export interface LeasedDelivery {
  readonly id: string;
  readonly sink: string;
  readonly groupKey: string;
  /** The same for rows that are told in one message; undefined: alone. */
  readonly bundle: string | undefined;
  readonly notification: Notification;
  /** 1 for the first. */
  readonly attempt: number;
  /** Data of the sink's last attempt for this one, such as refused recipients. */
  readonly remaining: unknown;
  /** The receiver data of the sink for this group, such as a thread. */
  readonly receiver: unknown;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
}

/** A forwarded record that the caller owns until it reports a result. */
export interface LeasedRecord {
  readonly id: string;
  readonly sink: string;
  /** JSON. */
  readonly body: string;
  readonly attempt: number;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
}

/** The result of one attempt. Times are epoch milliseconds. */
export type AttemptResult =
  | {
      readonly id: string;
      readonly outcome: "delivered";
      readonly at: number;
      /** New receiver data of the sink for this group, at most 4 KiB as JSON; undefined keeps the old data. */
      readonly receiver?: unknown;
    }
  /** The row was too old, so no attempt was made. */
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
      /** As for `delivered`. */
      readonly receiver?: unknown;
      /**
       * Whether the receiver has the news, and the rest only tidies up: the row is an opening no more, counts as
       * delivered when it expires or is replaced, and goes to no fallback.
       */
      readonly isTold?: boolean | undefined;
      /** Its destination, so that a lease can leave it out while that is closed; undefined keeps the known one. */
      readonly destination?: string | undefined;
    };

/** The number and kind of rows to lease. */
export interface LeaseQuery {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Most deliveries; those of one bundle count as one. */
  readonly deliveries: number;
  /** Most records. */
  readonly records: number;
  /** Destinations whose deliveries are not leased; left out: none. */
  readonly closed?: readonly string[];
}

/** The leased rows. */
export interface Leased {
  readonly deliveries: readonly LeasedDelivery[];
  readonly records: readonly LeasedRecord[];
}

/** A query that leases nothing. */
export const NO_LEASE: LeaseQuery = { now: 0, deliveries: 0, records: 0 };

/** A delivery that its sink does not accept, and that did not go to the fallback yet. */
export interface OverdueDelivery {
  readonly id: string;
  readonly groupKey: string;
  readonly bundle: string | undefined;
  readonly notification: Notification;
  /** Whether it is a dead letter; else it waits. */
  readonly isDead: boolean;
  /** Whether the fallback was sent the group before, and not its end. */
  readonly isTold: boolean;
}

/** The limits by which deliveries count as overdue. Times are epoch milliseconds. */
export interface OverdueQuery {
  readonly waitingSince: number;
  readonly deadSince: number;
  readonly limit: number;
}

/** A delivery that went to the fallback, with its copy for it; undefined when the fallback does not want it. */
export interface FallenBack {
  readonly id: string;
  readonly copy: NewDelivery | undefined;
}

/**
 * The queue of one sink. Only the holder of `sink/<name>` has it. Questions change nothing.
 *
 * Deliveries: waiting → leased → delivered | superseded | expired | dead, or back to waiting. Commits of engines add
 * and supersede them; `exchange` leases them and ends attempts. A lease belongs to one holding, and lasts until a
 * result ends it, not until a time. The next holder of the sink finds the row waiting again, so it is sent at least
 * once.
 *
 * @throws {TocsinError} Every method: ERR_FENCED when the sink is not held any more, which is final; ERR_STORE when the
 * store does not work, and then the same call may be made again.
 */
export interface Outbox {
  /**
   * Ends attempts and leases due rows, in one transaction. Of each group it leases only the oldest delivery, and none
   * while another one is leased; of a bundle it leases all rows for which that holds; of records it leases the oldest. Results of rows that this holding has not leased are
   * ignored.
   */
  exchange(results: readonly AttemptResult[], lease: LeaseQuery): Promise<Leased>;
  /**
   * The next instant at which a row becomes due; undefined when none waits.
   *
   * @param closed As for a lease.
   */
  nextDueAt(closed?: readonly string[]): Promise<number | undefined>;
  /** Counts the groups of which the receiver data of this sink has this `thread`. */
  groupsIn(thread: string): Promise<number>;
  /**
   * Deliveries for the sink's fallback: those that wait since `waitingSince` or longer, those that are dead since
   * `deadSince` or later, and the ends of groups that the fallback was sent. Each appears until `fallBack` records it.
   */
  overdue(query: OverdueQuery): Promise<readonly OverdueDelivery[]>;
  /** Records that these deliveries went to the fallback, and adds their copies; one transaction. */
  fallBack(rows: readonly FallenBack[]): Promise<void>;
  /**
   * The alerts that the last `limit` delivered notifications since a time (epoch milliseconds) tell as ended, the newest
   * end first. One of them may have begun anew.
   */
  toldEnds(query: { readonly since: number; readonly limit: number }): Promise<readonly NotifiedAlert[]>;
  /**
   * Makes dead letters of all waiting rows, because the sink is not configured any more.
   *
   * @param now Epoch milliseconds.
   * @returns Number of dead letters.
   */
  buryOrphans(now: number): Promise<number>;
}
