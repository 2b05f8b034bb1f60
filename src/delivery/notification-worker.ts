import type { Notification } from "../alert/index.ts";
import { DeliveryError } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import { type Sent, withTexts } from "../sink/index.ts";
import type { AttemptResult, LeasedDelivery } from "../store/index.ts";
import { type MessageRow, toMessages } from "./message-row.ts";
import { resultOfFailure } from "./result-of-failure.ts";
import type { Result, SinkChannel } from "./sink-channel.ts";
import type { SinkDestination } from "./sink-destination.ts";
import type { SinkQueue } from "./sink-queue.ts";
import { sleepUntil, UNTIL_WOKEN, type Work } from "./work-loop.ts";

const QUEUE_FULL_MS = 1000;

/** The collaborators of a worker. */
export interface WorkerDeps {
  readonly channel: SinkChannel;
  readonly queue: SinkQueue;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when an attempt has ended, so that there may be room for another. */
  readonly onEnded: () => void;
}

/** The content of one attempt. */
type Content = Pick<MessageRow, "notification" | "receiver" | "remaining">;

/**
 * Sends the notifications of one sink: several groups at once, but one message of a group after the other. The rows of
 * a bundle share a message, and all of them share its result.
 */
export class NotificationWorker implements Work {
  readonly #deps: WorkerDeps;
  readonly #running = new Set<Promise<void>>();

  constructor(parts: WorkerDeps) {
    this.#deps = parts;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Resolves when no attempt runs. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async fill(): Promise<number> {
    const { channel, queue, clock } = this.#deps;
    if (!queue.hasRoom) return QUEUE_FULL_MS;
    const room = channel.room(this.#running.size);
    if (room === 0) return channel.waitMs() || UNTIL_WOKEN;
    const { deliveries } = await queue.lease("notification", room, channel.closed());
    const fresh = deliveries.filter((row) => !this.#isTooOld(row));
    const messages = toMessages(fresh, (...row) => channel.destinationOf(...row).name);
    for (const message of messages) this.#begin(message);
    if (deliveries.length >= room) return 0;
    const nextDueAt = await queue.outbox.nextDueAt(channel.closed());
    return Math.min(sleepUntil(nextDueAt, clock), channel.opensInMs());
  }

  /** Ends a row that is too old to be sent. */
  #isTooOld({ id, expiresAt }: LeasedDelivery): boolean {
    const { clock, log, channel } = this.#deps;
    const now = clock.now();
    if (expiresAt === undefined || expiresAt > now) return false;
    log.warn("delivery is too old to be sent", { sink: channel.name, id });
    this.#settle({ id, outcome: "expired", at: now });
    return true;
  }

  #begin(message: MessageRow): void {
    const { clock, channel, onEnded } = this.#deps;
    const destination = channel.destinationOf(message.notification, message.remaining);
    if (channel.room(this.#running.size) === 0 || destination.room(destination.running) === 0) {
      const now = clock.now();
      const { id } = message.notification;
      const givenBack = { id, outcome: "retry", at: now, started: false, error: "" } as const;
      this.#settleAll(message, { ...givenBack, dueAt: now, destination: destination.name });
      return;
    }
    const running = this.#send(message, destination).finally(() => {
      this.#running.delete(running);
      onEnded();
    });
    this.#running.add(running);
  }

  async #send(message: MessageRow, destination: SinkDestination): Promise<void> {
    const { clock, channel } = this.#deps;
    const result = await this.#attempt(message, destination);
    const now = clock.now();
    if (!result.ok) return this.#fail(message, destination, result.error);
    const { id } = message.notification;
    const { receiver, remaining, isTold } = result.value;
    if (remaining !== undefined) {
      // The next attempt for the rest is due now, but waits for the pace of its destination.
      const more = { id, outcome: "retry", at: now, started: true, error: "" } as const;
      const next = channel.destinationOf(message.notification, remaining).name;
      this.#settleAll(message, { ...more, dueAt: now, remaining, receiver, isTold, destination: next });
      return;
    }
    this.#settleAll(message, { id, outcome: "delivered", at: now, receiver });
    const newest = newestNewsOf(message.notification);
    if (newest !== undefined) channel.recordDelay(now - newest);
  }

  #fail(message: MessageRow, destination: SinkDestination, error: DeliveryError): void {
    const { clock, log, channel } = this.#deps;
    const { attempt, expiresAt, notification } = message;
    const errorText = channel.errorText(error);
    const result = resultOfFailure({
      id: notification.id,
      attempt,
      expiresAt,
      destination: destination.name,
      error,
      errorText,
      now: clock.now(),
      random: channel.random(),
    });
    if (result.outcome === "dead")
      log.warn("delivery is a dead letter", { sink: channel.name, id: notification.id, error: errorText });
    this.#settleAll(message, result);
  }

  /** Makes one attempt for a notification that is in no queue. @returns Whether the receiver accepted it. */
  async sendNow(notification: Notification): Promise<boolean> {
    const { channel } = this.#deps;
    const destination = channel.destinationOf(notification, undefined);
    if (channel.room(this.#running.size) === 0 || destination.room(destination.running) === 0) return false;
    const row = { notification, receiver: undefined, remaining: undefined };
    const { ok } = await this.#attempt(row, destination);
    return ok;
  }

  async #attempt(row: Content, destination: SinkDestination): Promise<Result<Sent>> {
    const run = (signal: AbortSignal): Promise<Sent> => this.#sendOnce(row, signal);
    destination.running += 1;
    try {
      return await this.#deps.channel.attempt({ destination, run, isOneContent: true });
    } finally {
      destination.running -= 1;
    }
  }

  async #sendOnce(row: Content, signal: AbortSignal): Promise<Sent> {
    const { clock, log, channel } = this.#deps;
    if (channel.sink.send === undefined) {
      throw DeliveryError.poison("misconfigured", "this type of sink takes no alerts");
    }
    const notification = withTexts(row.notification, channel.common, {
      now: clock.now(),
      onFailure: (option, error) =>
        log.warn("a text of a sink fails; the built-in one is used", {
          sink: channel.name,
          option,
          error: channel.errorText(error),
        }),
    });
    const { receiver, remaining } = row;
    const groupsIn = (thread: string): Promise<number> => this.#deps.queue.groupsIn(thread);
    return channel.sink.send(notification, { receiver, remaining, groupsIn, signal });
  }

  /** Ends the attempt of all rows of a message in the same way. */
  #settleAll({ rows }: MessageRow, ending: AttemptResult): void {
    for (const { id } of rows) this.#settle({ ...ending, id });
  }

  #settle(settlement: AttemptResult): void {
    this.#deps.queue.add({ sink: this.#deps.channel.name, kind: "notification", settlement });
  }
}

/** The time of the newest occurrence in a message, epoch milliseconds; undefined for repeats, ends and digests. */
function newestNewsOf({ kind, alerts }: Notification): number | undefined {
  if (kind !== "firing" && kind !== "update") return undefined;
  const times = alerts.map(({ event }) => Date.parse(event.lastSeen)).filter((at) => !Number.isNaN(at));
  return times.length === 0 ? undefined : Math.max(...times);
}
