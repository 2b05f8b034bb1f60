import { mergeNotifications, type Notification } from "../alert/index.ts";
import type { LeasedDelivery } from "../store/index.ts";

/** One message to send, and the rows that it tells: several only when they are of one bundle. */
export interface MessageRow {
  /** 1 or more. */
  readonly rows: readonly LeasedDelivery[];
  readonly notification: Notification;
  /** Of the row that was tried most often. */
  readonly attempt: number;
  /** The first of the rows; undefined when none expires. */
  readonly expiresAt: number | undefined;
  /** The same for all rows. */
  readonly receiver: unknown;
  readonly remaining: unknown;
}

/**
 * Joins leased rows to messages. The rows of a bundle are one message, as far as they go to one destination, are of one
 * status, and the sink has the same memory of their groups: a message belongs to one thread.
 */
export function toMessages(
  rows: readonly LeasedDelivery[],
  destinationOf: (notification: Notification, remaining: unknown) => string,
): readonly MessageRow[] {
  const keyOf = (row: LeasedDelivery): string => {
    const { bundle, notification, receiver, remaining } = row;
    if (bundle === undefined) return JSON.stringify([row.id]);
    return JSON.stringify([
      bundle,
      destinationOf(notification, remaining),
      notification.status,
      receiver ?? null,
      remaining ?? null,
    ]);
  };
  return [...Map.groupBy(rows, keyOf).values()].flatMap(toMessage);
}

function toMessage(rows: readonly LeasedDelivery[]): readonly MessageRow[] {
  const [first, ...others] = rows;
  if (first === undefined) return [];
  const expiresAt = Math.min(...rows.map((row) => row.expiresAt ?? Infinity));
  return [
    {
      rows,
      notification: mergeNotifications([first.notification, ...others.map((row) => row.notification)]),
      attempt: Math.max(...rows.map(({ attempt }) => attempt)),
      expiresAt: Number.isFinite(expiresAt) ? expiresAt : undefined,
      receiver: first.receiver,
      remaining: first.remaining,
    },
  ];
}
