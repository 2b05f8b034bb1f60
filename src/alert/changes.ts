import type { Position, SeenRow } from "../event/index.ts";
import type { ActivityCount } from "./activity.ts";
import type { EndedAlert, LateNews } from "./ended-alert.ts";
import type { EntityChanges } from "./entity.ts";
import type { HeldByCause } from "./hold.ts";
import type { Inquiry } from "./inquiry.ts";
import type { Notification } from "./notification.ts";
import type { CheckResult } from "./observer.ts";
import type { OwnerRow } from "./state.ts";

/**
 * All conclusions of one step of the pipeline, as plain data: the unit of atomicity. Each key occurs at most once.
 * Committing the same Changes twice leaves the same state.
 */
export interface Changes {
  readonly positions: readonly Position[];
  readonly seen: readonly SeenRow[];
  readonly entities: EntityChanges;
  readonly owners: readonly OwnerRow[];
  readonly deliveries: readonly NewDelivery[];
  readonly records: readonly NewRecord[];
  readonly decisions: readonly Decision[];
  /** Alerts that have left the engine, for the history. */
  readonly ended: readonly EndedAlert[];
  /** Messages among `deliveries` that tell of alerts which have left the engine, in these Changes or earlier ones. */
  readonly lateNews: readonly LateNews[];
  /** The counts of activity that have changed; each bucket, rule and severity once. */
  readonly activity: readonly ActivityCount[];
  /** Ids of deliveries whose outcome the engine has handled. */
  readonly notedOutcomes: readonly string[];
  /** Ids of commands that have been done. */
  readonly doneCommands: readonly string[];
  /** Questions about the state of objects. A store keeps none of them. */
  readonly inquiries: readonly Inquiry[];
}

/** A notification for one sink, to be stored and sent. It replaces a delivery of the same group and sink that waits. */
export interface NewDelivery {
  readonly id: string;
  readonly sink: string;
  readonly groupKey: string;
  readonly notification: Notification;
  /** Whether this is the first message to the sink about the group. */
  readonly opening: boolean;
  /** Deliveries of one sink with the same bundle are told in one message, as far as the outbox can; none: alone. */
  readonly bundle?: string | undefined;
  /**
   * The store takes this one instead when the delivery replaces an opening delivery that never reached the receiver: an
   * update becomes the first message. For a `resolved` it applies only when no attempt was started, and `undefined`
   * there means that nothing is sent at all.
   */
  readonly ifOpeningUnsent: Notification | undefined;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds; undefined: never too old. */
  readonly expiresAt: number | undefined;
}

/** A forwarded record for one sink, ready as JSON. */
export interface NewRecord {
  /** Idempotency key: the same record never gets a second row. */
  readonly id: string;
  readonly sink: string;
  /** One `EventRecord` as JSON. */
  readonly body: string;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
}

/** Something that a message waited for before it was made. */
export interface Wait {
  /**
   * `state`: the state of the objects that it is about. `others`: groups of the same rule that were due soon. `step`:
   * the sink was told of the rule shortly before, and further groups of it join.
   */
  readonly for: "state" | "others" | "step";
  /** Milliseconds. */
  readonly ms: number;
}

/** Why a message was, or was not, sent about an alert to a sink. */
export interface Decision {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly rule: string;
  readonly fingerprint: string;
  readonly groupKey: string;
  readonly namespace: string;
  /** "" when the alert was routed to no sink. */
  readonly sink: string;
  readonly outcome: "notified" | "suppressed";
  /** For `notified` the trigger, and once more `logs` when lines of logs are in the message; else why it was held back. */
  readonly reason: string;
  readonly occurrences: number;
  /** The delivery, for `notified`. */
  readonly deliveryId: string;
  /** For `notified`, missing when it waited for nothing but its timers. */
  readonly waits?: readonly Wait[];
  /** The knowledge of the objects of a message about what fires; missing for other decisions. */
  readonly checked?: CheckResult;
  /** For what a cause holds back; missing for other decisions, and in those of older versions. */
  readonly cause?: HeldByCause;
}

/** How a delivery ended; the store gives it to the engine. */
export interface DeliveryOutcome {
  readonly id: string;
  readonly sink: string;
  readonly groupKey: string;
  readonly kind: Notification["kind"];
  readonly outcome: "delivered" | "superseded" | "expired" | "dead";
  /** Fingerprints of the alerts that were firing in it. */
  readonly firing: readonly string[];
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Changes that change nothing; spread it, and set the fields that do. */
export const NO_CHANGES: Changes = {
  positions: [],
  seen: [],
  entities: { put: [], forget: [] },
  owners: [],
  deliveries: [],
  records: [],
  decisions: [],
  ended: [],
  lateNews: [],
  activity: [],
  notedOutcomes: [],
  doneCommands: [],
  inquiries: [],
};
