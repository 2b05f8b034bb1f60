import type { Notification } from "../../../alert/index.ts";
import type { SinkRecord } from "../../../sink/index.ts";

/** A form of the bodies of a webhook. */
export interface Format {
  /** Of the body of a notification, or of a single record. */
  readonly contentType: string;
  /** Of a list of records. */
  readonly listType: string;
  /** The body of a notification. @throws {DeliveryError} poison, when it cannot be made of this one. */
  body(notification: Notification): string;
  /** A record as JSON. @throws As `body`. */
  record(record: SinkRecord): string;
}
