import type { Changes, Notification } from "../alert/index.ts";

/** The place of a row in its list, to go on behind it. Plain data that means nothing to anybody but the store. */
export type Cursor = readonly (string | number)[];

/** A part of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; undefined when this is the last. */
  readonly next: Cursor | undefined;
}

/** Which part of a list; what stays undefined does not narrow it. */
interface PageQuery {
  readonly sink?: string | undefined;
  /** 1 or more. */
  readonly limit: number;
  /** `next` of the page before; ERR_USAGE when it is none of this list. */
  readonly after?: Cursor | undefined;
}

/** Which dead letters. */
export interface DeadLetterQuery {
  readonly sink?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly limit: number;
  /** Only what comes behind this one. */
  readonly after?: { readonly buriedAt: number; readonly id: string } | undefined;
}

/** Which deliveries: those that wait or are being sent, or those that have ended and are still known. */
export interface DeliveryQuery extends PageQuery {
  readonly which: "open" | "ended";
  readonly groupKey?: string | undefined;
}

/** Which decisions. Times are epoch milliseconds. */
export interface DecisionQuery extends PageQuery {
  readonly since: number;
  readonly rule?: string | undefined;
  readonly namespace?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly outcome?: "notified" | "suppressed" | undefined;
}

/** A delivery or record as people look at it. Ended records are not known, but for dead letters. */
export interface DeliveryRow {
  readonly id: string;
  readonly sink: string;
  /** Why it exists; `event` for a forwarded record. */
  readonly kind: Notification["kind"] | "event";
  /** "" for a record. */
  readonly groupKey: string;
  /** One line that tells what it is about; "" when that is not known any more. */
  readonly title: string;
  readonly state: "waiting" | "sending" | "delivered" | "superseded" | "expired" | "dead";
  /** Attempts that were started. */
  readonly attempts: number;
  /** Of the last attempt that failed; "" when none did. */
  readonly error: string;
  /** Epoch milliseconds, as all times here. */
  readonly createdAt: number;
  /** When it may be tried next; undefined unless it waits. */
  readonly dueAt: number | undefined;
  readonly endedAt: number | undefined;
}

/** A decision as people look at it. */
export type DecisionRow = Changes["decisions"][number] & {
  /** What became of the message; undefined when there was none, or when that is not known any more. */
  readonly delivery: DeliveryRow["state"] | undefined;
};

/** How many decisions say the same. */
export interface DecisionCount {
  readonly outcome: "notified" | "suppressed";
  /** For `notified` the trigger; else what held it back. */
  readonly reason: string;
  readonly decisions: number;
  readonly occurrences: number;
}
