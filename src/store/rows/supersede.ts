import type { NewDelivery, Notification } from "../../alert/index.ts";

/** The facts about the opening message that a replaced row gives. */
export interface Replaced {
  /** Whether the row is, or stands for, an opening message that the receiver has not accepted. */
  readonly opening: boolean;
  /** Whether an attempt to send that opening was started, so that the receiver may have seen it. */
  readonly started: boolean;
}

/** The row that is stored for a new delivery. */
export interface Replacement extends Replaced {
  /** Undefined when the receiver never got the opening, so that it needs no end. */
  readonly notification: Notification | undefined;
}

/** Decides which notification is stored for a new delivery, by the waiting rows that it replaces. */
export function supersede(delivery: NewDelivery, replaced: readonly Replaced[]): Replacement {
  const openings = replaced.filter((row) => row.opening);
  if (openings.length === 0) {
    // Rows without an opening were for a receiver that knows the group, so it needs the end.
    const opening = delivery.opening && replaced.length === 0;
    return { notification: delivery.notification, opening, started: false };
  }
  const started = openings.some((row) => row.started);
  if (delivery.notification.kind === "resolved") {
    // A receiver that may have seen the opening needs its end.
    const notification = started ? delivery.notification : delivery.ifOpeningUnsent;
    return { notification, opening: true, started };
  }
  return { notification: delivery.ifOpeningUnsent ?? delivery.notification, opening: true, started };
}
