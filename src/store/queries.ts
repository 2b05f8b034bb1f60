import type {
  AlertState,
  Changes,
  GroupState,
  Notification,
  NotifiedAlert,
  OwnerRow,
  Silence,
} from "../alert/index.ts";
import type { Severity } from "../lib/severity.ts";

/** The place of a row in its list, from which the next page goes on. Only the store understands its parts. */
export type Cursor = readonly (string | number)[];

/** A part of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** The cursor of the next page; undefined on the last one. */
  readonly next: Cursor | undefined;
}

/** A part of a list. An undefined filter lets every row pass. */
interface PageQuery {
  /** 1 or more. */
  readonly limit: number;
  /** `next` of the page before; ERR_USAGE when it comes from another list. */
  readonly after?: Cursor | undefined;
}

/** The filters of a list of dead letters. */
export interface DeadLetterQuery {
  readonly sink?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly limit: number;
  /** Only dead letters behind this one in the list. */
  readonly after?: { readonly buriedAt: number; readonly id: string } | undefined;
}

/** The filters of a list of alerts. */
export interface AlertQuery extends PageQuery {
  /** Undefined for all phases. */
  readonly phases?: readonly AlertState["phase"][] | undefined;
  readonly severity?: Severity | undefined;
  readonly rule?: string | undefined;
  readonly namespace?: string | undefined;
  readonly cluster?: string | undefined;
  /** One of the sinks that the alert goes to. */
  readonly sink?: string | undefined;
  readonly fingerprints?: readonly string[] | undefined;
}

/** The number of alerts of one rule in one phase. */
export interface AlertCount {
  readonly rule: string;
  readonly phase: AlertState["phase"];
  readonly alerts: number;
}

/** The parts of an alert that label matches and their counts need. */
export type LabelledAlert = Pick<AlertState, "fingerprint" | "labels" | "severity">;

/** The alerts of one group. */
export interface GroupAlerts {
  readonly firing: number;
  readonly resolved: number;
  /** Epoch milliseconds: when the oldest of them opened; undefined without alerts. */
  readonly openedAt: number | undefined;
  /** Fingerprints of some of them, in no order. */
  readonly fingerprints: readonly string[];
}

/** The filters of a list of groups. */
export interface GroupQuery extends PageQuery {
  readonly route?: string | undefined;
  /** A sink that was sent the group. */
  readonly sink?: string | undefined;
}

/** The filters of a list of deliveries: open ones wait or are being sent; ended ones are kept for a while. */
export interface DeliveryQuery extends PageQuery {
  readonly which: "open" | "ended";
  readonly sink?: string | undefined;
  readonly groupKey?: string | undefined;
}

/** The filters of a list of decisions. Times are epoch milliseconds. */
export interface DecisionQuery extends PageQuery {
  readonly since: number;
  readonly sink?: string | undefined;
  readonly rule?: string | undefined;
  readonly namespace?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly outcome?: "notified" | "suppressed" | undefined;
}

/** The filters of the history. Times are epoch milliseconds. */
export interface EndedQuery extends PageQuery {
  /** Alerts that ended then or later. */
  readonly since: number;
  /** Only those that were first seen before. */
  readonly before?: number | undefined;
  readonly rule?: string | undefined;
  readonly namespace?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly fingerprint?: string | undefined;
  /** In the title, a label, the fingerprint, a name of the first objects or the beginning of the text; in any case. */
  readonly text?: string | undefined;
  /** Those that fired, that somebody was told of, or that nobody was told of. */
  readonly which?: "fired" | "told" | "untold" | undefined;
}

/** An alert that is over. Times are epoch milliseconds. */
export interface EndedRow extends Pick<
  NotifiedAlert,
  | "fingerprint"
  | "rule"
  | "severity"
  | "labels"
  | "title"
  | "text"
  | "runbook"
  | "dashboard"
  | "resolvedBy"
  | "occurrences"
  | "objects"
  | "objectsOmitted"
> {
  readonly id: string;
  readonly firstSeenAt: number;
  /** Undefined for one that never fired. */
  readonly firedAt: number | undefined;
  readonly resolvedAt: number;
  /** Sinks whose receivers accepted a message about it. */
  readonly told: readonly string[];
  /** An `UntoldReason`, perhaps of another version; counts while `told` is empty. */
  readonly reason: string;
  /** Whether nobody was told, and a message still waits for its receiver. */
  readonly waits: boolean;
}

/** The time of a strip of activity, epoch milliseconds. */
export interface ActivityQuery {
  readonly from: number;
  /** A multiple of `Engine.activityBucketMs`. */
  readonly stepMs: number;
  readonly steps: number;
}

/** The activity of one rule at one severity, step by step. */
export interface ActivityRow {
  readonly rule: string;
  readonly severity: Severity;
  /** Alerts that began to fire. */
  readonly opened: number[];
  readonly occurrences: number[];
}

/** A delivery or record in a list. Ended records are not kept, except for dead letters. */
export interface DeliveryRow {
  readonly id: string;
  readonly sink: string;
  /** The kind of its notification; `event` for a forwarded record. */
  readonly kind: Notification["kind"] | "event";
  /** "" for a record. */
  readonly groupKey: string;
  /** Its title, one line; "" when the title is not kept any more. */
  readonly title: string;
  readonly state: "waiting" | "sending" | "delivered" | "superseded" | "expired" | "dead";
  /** Attempts that were started. */
  readonly attempts: number;
  /** The error of the last failed attempt; "" when none failed. */
  readonly error: string;
  /** Epoch milliseconds, as all times here. */
  readonly createdAt: number;
  /** When it may be tried next; undefined unless it waits. */
  readonly dueAt: number | undefined;
  readonly endedAt: number | undefined;
}

/** A decision in a list. */
export type DecisionRow = Changes["decisions"][number] & {
  /** The state of its message; undefined when it made none, or when the delivery is not kept any more. */
  readonly delivery: DeliveryRow["state"] | undefined;
};

/** The number of decisions of the same outcome and reason. */
export interface DecisionCount {
  readonly outcome: "notified" | "suppressed";
  /** For `notified` the trigger, else the reason of the suppression. */
  readonly reason: string;
  readonly decisions: number;
  readonly occurrences: number;
}

/** The decisions about alerts of one rule. */
export interface RuleDecisions {
  readonly rule: string;
  /** Messages that were made. */
  readonly messages: number;
  /** Epoch milliseconds of the last of them; undefined for none. */
  readonly lastMessageAt: number | undefined;
  /** The number of decisions against a message, by the reason. */
  readonly suppressed: Readonly<Record<string, number>>;
}

/** A delivery or record that is not tried again by itself. */
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

/** The number of rows that wait for a sink. */
export interface QueueDepth {
  readonly sink: string;
  /** Rows that are being sent count too. */
  readonly waiting: number;
  /** Epoch milliseconds; undefined when nothing waits. */
  readonly oldestAt: number | undefined;
  readonly dead: number;
}

/** From when on the lists of the past lack nothing, epoch milliseconds; undefined where nothing is kept. */
export interface Kept {
  /** Alerts that are over. Those that never fired go earlier. */
  readonly history: number | undefined;
  readonly activity: number | undefined;
  readonly decisions: number;
}

/** Questions that any process may ask. They see committed rows only, and change nothing. */
export interface Queries {
  /** Alerts that are not forgotten; the one that opened last is first. */
  alerts(query: AlertQuery): Promise<Page<AlertState>>;
  /** The cursor of the page that begins behind this alert. */
  cursorBehind(alert: Pick<AlertState, "openedAt" | "fingerprint">): Cursor;
  /** As `alerts`, with the labels and the severity alone. */
  labels(query: Omit<AlertQuery, "fingerprints">): Promise<Page<LabelledAlert>>;
  /** The number of alerts by rule and phase; pairs without alerts are left out. */
  alertCounts(): Promise<readonly AlertCount[]>;
  /** Groups that have alerts, or a sent state; the one that formed last is first. */
  groups(query: GroupQuery): Promise<Page<GroupState>>;
  /**
   * The known groups among these keys, in no order.
   *
   * @param fingerprints The alerts that matter: sent states may lack others. Undefined: all of them.
   */
  groupsByKey(keys: readonly string[], fingerprints?: readonly string[]): Promise<readonly GroupState[]>;
  /** The number of groups that have alerts. */
  groupCount(): Promise<number>;
  /** The alerts of each of these groups, keyed by group. @param mostFingerprints Of each group. */
  groupAlerts(keys: readonly string[], mostFingerprints: number): Promise<ReadonlyMap<string, GroupAlerts>>;
  /** Newest first. */
  silences(): Promise<readonly Silence[]>;
  /** The rows of known objects, keyed by the key of the object (`ObjectKey`). */
  owners(objects: readonly string[]): Promise<ReadonlyMap<string, OwnerRow>>;
  /** Open deliveries and records, newest first; or ended deliveries, the newest end first. */
  deliveries(query: DeliveryQuery): Promise<Page<DeliveryRow>>;
  /** The deliveries with these ids, without titles, in no order; those that are not kept any more are left out. */
  deliveriesById(ids: readonly string[]): Promise<readonly DeliveryRow[]>;
  /** The dead letters about these groups, without titles, the newest first. */
  deadOfGroups(keys: readonly string[]): Promise<readonly DeliveryRow[]>;
  /** As `deliveriesById`, with their titles. */
  titledDeliveries(ids: readonly string[]): Promise<readonly DeliveryRow[]>;
  /** Decisions, newest first. */
  decisions(query: DecisionQuery): Promise<Page<DecisionRow>>;
  /** Alerts that are over, the one that ended last first. */
  history(query: EndedQuery): Promise<Page<EndedRow>>;
  /** One of them; undefined when it is not kept. */
  ended(id: string): Promise<EndedRow | undefined>;
  /** The activity of each rule and severity, in no order; those without any are left out. */
  activity(query: ActivityQuery): Promise<readonly ActivityRow[]>;
  /** The number of decisions since a time (epoch milliseconds), by outcome and reason. */
  decisionCounts(since: number): Promise<readonly DecisionCount[]>;
  /** The decisions since a time (epoch milliseconds), by rule; rules without any are left out. */
  ruleDecisions(since: number): Promise<readonly RuleDecisions[]>;
  /** From when on the answers about the past are whole. */
  kept(): Promise<Kept>;
  /** Newest first. */
  deadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  /** Ordered by name of the sink; sinks without waiting and dead rows are left out. */
  depths(): Promise<readonly QueueDepth[]>;
  /** Bytes that the store uses of its bound. */
  usedBytes(): Promise<number>;
}
