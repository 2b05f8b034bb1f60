import type { Severity } from "../lib/severity.ts";
import type { NotifiedEvidence } from "./notified-evidence.ts";

/** The kind of a notification. */
export type NotificationKind = "firing" | "update" | "repeat" | "resolved" | "digest";

/** Why a message is sent now (docs/design/alerting.md#conditions-of-a-message). */
export type Trigger =
  | "first"
  | "unmuted"
  | "silence-ended"
  | "flapping"
  | "new-alert"
  | "severity"
  | "again"
  | "ended-in-part"
  | "failed-again"
  | "repeat"
  | "all-resolved"
  | "cleared-before-delivery"
  | "moved"
  | "storm"
  | "scheduled"
  | "self"
  | "test";

/** The kind of a notification, and its trigger. */
export interface NotifyReason {
  readonly kind: NotificationKind;
  readonly trigger: Trigger;
}

/**
 * How an alert ended. `healthy`: the state of its objects or of its workload showed it. `deleted`: its objects are gone,
 * and nothing replaced them. `replaced`: other objects are there in their place.
 */
export interface ResolvedBy {
  readonly how: "event" | "healthy" | "deleted" | "replaced" | "quiet" | "max-age" | "rule-removed";
  /** The counter-event's reason; "" for other ends. */
  readonly reason: string;
  /** The state that was seen, without its time: `3 of 3 pods ready`, `scaled to 0`; missing where none was. */
  readonly what?: string | undefined;
  /** Whether the time of the end is only the time at which somebody looked: it ended then at the latest. */
  readonly atLatest?: true | undefined;
}

/** Whether an event, a state or a deletion proved the end. After quiet or age the end is only an assumption. */
export function isProven(end: Pick<ResolvedBy, "how"> | null | undefined): boolean {
  return end?.how !== "quiet" && end?.how !== "max-age";
}

/** The text of a message in parts, by origin, so that no code has to find the origin from the words. */
export interface MessageText {
  /** The text of the rule or of the sink; "" when neither has one. */
  readonly own: string;
  /**
   * Tocsin's own text, in place of `own`: the event's message, the list of alerts, how they ended, or a message about
   * Tocsin itself; "" beside `own`.
   */
  readonly builtIn: string;
  /** A remark beside either text: the group flaps, or the message comes by a fallback; "" for none. */
  readonly note: string;
}

/**
 * A notification, from which every alert sink renders. It is the native body, version 1, except for its text and its
 * problem (`toNativeBody`), so it may get new fields only. Times are RFC 3339.
 */
export interface Notification {
  readonly version: "1";
  /** One per notification and sink; the same over retries and restarts. */
  readonly id: string;
  readonly sink: string;
  readonly test: boolean;
  readonly kind: NotificationKind;
  readonly trigger: Trigger;
  readonly status: "firing" | "resolved";
  readonly severity: Severity;
  readonly cluster: string;
  readonly route: string;
  readonly group: { readonly key: string; readonly labels: Readonly<Record<string, string>> };
  /** One line that stands alone. Not escaped: that is the sink's work. */
  readonly title: string;
  /** The description of its rule, for the title of a merged message; "" for several rules. */
  readonly problem: string;
  readonly text: MessageText;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly sentAt: string;
  readonly occurrences: number;
  /** Number of alerts that this message leaves out, by the reason that holds them back. */
  readonly suppressed: Readonly<Record<string, number>>;
  /** Worst first, then longest firing first. */
  readonly alerts: readonly NotifiedAlert[];
  readonly alertsOmitted: number;
  /** The groups that the message tells, when it tells several; else missing. */
  readonly merged?: readonly MergedGroup[];
  readonly links: {
    readonly runbook: string | null;
    readonly dashboard: string | null;
    readonly silence: string | null;
    readonly alert: string | null;
  };
}

/** One group of a message that tells several. */
export interface MergedGroup {
  /** Its key. */
  readonly group: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One alert inside a notification. */
export interface NotifiedAlert {
  readonly fingerprint: string;
  readonly rule: string;
  readonly status: "firing" | "resolved";
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly title: string;
  readonly text: string;
  readonly runbook: string | null;
  readonly dashboard: string | null;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly resolvedBy: ResolvedBy | null;
  readonly occurrences: number;
  readonly objects: readonly NotifiedObject[];
  readonly objectsOmitted: number;
  /** Of these and the omitted objects: those whose state nobody has looked at for this message; missing for none. */
  readonly objectsUnverified?: number;
  readonly event: WireEvent;
  /** Missing when nothing is known of the cause, and for ends. */
  readonly evidence?: NotifiedEvidence;
}

/** One object that an alert is about. */
export interface NotifiedObject {
  /**
   * How it ended for this object, as in `ResolvedBy`, while the alert goes on for others; missing while it has the
   * problem, as far as known.
   */
  readonly over?: "event" | "healthy" | "deleted" | "replaced";
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  readonly occurrences: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly message: string;
}

/** A reference as receivers get it. */
export interface WireRef {
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly fieldPath: string;
  readonly container: string;
  /** In records alone, and only where they are known. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner?: { readonly kind: string; readonly name: string };
}

/** An event as receivers get it. */
export interface WireEvent {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly action: string;
  readonly count: number;
  readonly source: { readonly component: string; readonly host: string };
  readonly involvedObject: WireRef;
  readonly related: WireRef | null;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
}

/** A forwarded occurrence, without alert state (docs/sinks/webhook.md#the-body). */
export interface EventRecord {
  readonly version: "1";
  /** A hash of cluster, epoch, uid, resourceVersion, forward and sink. */
  readonly id: string;
  readonly kind: "event";
  readonly forward: string;
  readonly cluster: string;
  readonly receivedAt: string;
  readonly delta: number;
  readonly event: WireEvent;
}
