import type { Position, SeenRow } from "../event/index.ts";
import type { EntityChanges } from "./entity.ts";
import type { Notification } from "./notification.ts";
import type { OwnerRow } from "./state.ts";

/**
 * Everything one step of the pipeline concluded, as plain data: the unit of atomicity. Each key stands at most once.
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
  /** Ids of deliveries whose outcome has been taken in. */
  readonly notedOutcomes: readonly string[];
  /** Ids of commands that have been done. */
  readonly doneCommands: readonly string[];
}

/** A notification for one sink, to be stored and sent. It replaces what still waits for the same group and sink. */
export interface NewDelivery {
  readonly id: string;
  readonly sink: string;
  readonly groupKey: string;
  readonly notification: Notification;
  /** Whether the receiver hears of this group for the first time. */
  readonly opening: boolean;
  /**
   * What is stored instead when this replaces an opening delivery that never reached the receiver:
   * an update becomes the first message. For a `resolved` it applies only when no attempt was started,
   * and `undefined` there means that nothing is sent at all.
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

/** Why a person was, or was not, told. */
export interface Decision {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly rule: string;
  readonly fingerprint: string;
  readonly groupKey: string;
  readonly namespace: string;
  /** "" when no sink was reached yet. */
  readonly sink: string;
  readonly outcome: "notified" | "suppressed";
  /** For `notified` the trigger; else what held it back. */
  readonly reason: string;
  readonly occurrences: number;
  /** The delivery, for `notified`. */
  readonly deliveryId: string;
}

/** How a delivery ended, as the store tells the engine. */
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

/** Changes that change nothing; spread it and set what does. */
export const NO_CHANGES: Changes = {
  positions: [],
  seen: [],
  entities: { put: [], forget: [] },
  owners: [],
  deliveries: [],
  records: [],
  decisions: [],
  notedOutcomes: [],
  doneCommands: [],
};
