import type { AlertState, Changes, GroupState, Notification, OwnerRow, Silence } from "../alert/index.ts";
import type { Severity } from "../lib/severity.ts";

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

/** Which alerts. */
export interface AlertQuery extends PageQuery {
  /** Undefined: all of them. */
  readonly phases?: readonly AlertState["phase"][] | undefined;
  readonly severity?: Severity | undefined;
  readonly rule?: string | undefined;
  readonly namespace?: string | undefined;
  readonly cluster?: string | undefined;
  /** One of the sinks that the alert goes to. */
  readonly sink?: string | undefined;
  readonly fingerprints?: readonly string[] | undefined;
}

/** Alerts of one rule in one phase. */
export interface AlertCount {
  readonly rule: string;
  readonly phase: AlertState["phase"];
  readonly alerts: number;
}

/** What matches of labels ask of an alert. */
export type LabelledAlert = Pick<AlertState, "fingerprint" | "labels">;

/** The alerts of one group. */
export interface GroupAlerts {
  readonly firing: number;
  readonly resolved: number;
  /** Epoch milliseconds: when the oldest of them opened; undefined when there is none. */
  readonly openedAt: number | undefined;
  /** Some of them, in no order. */
  readonly fingerprints: readonly string[];
}

/** Which groups. */
export interface GroupQuery extends PageQuery {
  readonly route?: string | undefined;
  /** A sink that was told of the group. */
  readonly sink?: string | undefined;
}

/** Which deliveries: those that wait or are being sent, or those that have ended and are still known. */
export interface DeliveryQuery extends PageQuery {
  readonly which: "open" | "ended";
  readonly sink?: string | undefined;
  readonly groupKey?: string | undefined;
}

/** Which decisions. Times are epoch milliseconds. */
export interface DecisionQuery extends PageQuery {
  readonly since: number;
  readonly sink?: string | undefined;
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

/** How much waits for a sink. */
export interface QueueDepth {
  readonly sink: string;
  /** What is being sent still counts. */
  readonly waiting: number;
  /** Epoch milliseconds; undefined when nothing waits. */
  readonly oldestAt: number | undefined;
  readonly dead: number;
}

/** Questions that any process may ask. They see what is committed, and change nothing. */
export interface Queries {
  /** Those that are not forgotten, the one that opened last first. */
  alerts(query: AlertQuery): Promise<Page<AlertState>>;
  /** As `alerts`, with the labels alone. */
  labels(query: Omit<AlertQuery, "fingerprints">): Promise<Page<LabelledAlert>>;
  /** How many alerts there are, by rule and phase; what there is none of is left out. */
  alertCounts(): Promise<readonly AlertCount[]>;
  /** Those with alerts, or that a sink was told of; the one that formed last first. */
  groups(query: GroupQuery): Promise<Page<GroupState>>;
  /** Those of these keys that are kept, in no order. */
  groupsByKey(keys: readonly string[]): Promise<readonly GroupState[]>;
  /** How many groups have alerts. */
  groupCount(): Promise<number>;
  /** Keyed by group, for each of `keys`. @param mostFingerprints Of each group. */
  groupAlerts(keys: readonly string[], mostFingerprints: number): Promise<ReadonlyMap<string, GroupAlerts>>;
  /** Newest first. */
  silences(): Promise<readonly Silence[]>;
  /** Rows for the objects that are known, keyed by object (`Kind/namespace/name`). */
  owners(objects: readonly string[]): Promise<ReadonlyMap<string, OwnerRow>>;
  /** What waits or is being sent, newest first; or what has ended, the newest end first. */
  deliveries(query: DeliveryQuery): Promise<Page<DeliveryRow>>;
  /** Why people were, or were not, told; newest first. */
  decisions(query: DecisionQuery): Promise<Page<DecisionRow>>;
  /** How many decisions were made from `since` (epoch milliseconds) on, by what they say. */
  decisionCounts(since: number): Promise<readonly DecisionCount[]>;
  /** Newest first. */
  deadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  /** By name of the sink; those of which nothing waits and nothing is dead are left out. */
  depths(): Promise<readonly QueueDepth[]>;
  /** How much of its bound the store uses. */
  usedBytes(): Promise<number>;
}
