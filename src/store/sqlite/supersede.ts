import type { NewDelivery, Notification } from "../../alert/index.ts";

/** What a waiting row, about to be replaced, says about the opening. */
export interface Replaced {
  /** The receiver has not accepted an opening message that this row is, or stands for. */
  readonly opening: boolean;
  /** An attempt to send that opening was started, so the receiver may have seen it. */
  readonly started: boolean;
}

/** What is stored for a new delivery. */
export interface Replacement extends Replaced {
  /** Undefined: the receiver heard of nothing, and nothing is left to be said. */
  readonly notification: Notification | undefined;
}

/** Decides what a new delivery says, given the waiting rows of its group and sink that it replaces. */
export function replace(delivery: NewDelivery, replaced: readonly Replaced[]): Replacement {
  const openings = replaced.filter((row) => row.opening);
  if (openings.length === 0) {
    // What it replaces was meant for a receiver that knows the group, so the receiver needs the next end.
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
