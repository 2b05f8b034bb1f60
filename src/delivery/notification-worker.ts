import type { Notification } from "../alert/index.ts";
import { DeliveryError } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import { type Sent, withTexts } from "../sink/index.ts";
import type { LeasedDelivery, AttemptResult } from "../store/index.ts";
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
type Content = Pick<LeasedDelivery, "notification" | "receiver" | "remaining">;

/** Sends the notifications of one sink: several groups at once, but one message of a group after the other. */
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
    for (const row of deliveries) this.#begin(row);
    if (deliveries.length === room) return 0;
    const nextDueAt = await queue.outbox.nextDueAt(channel.closed());
    return Math.min(sleepUntil(nextDueAt, clock), channel.opensInMs());
  }

  #begin(row: LeasedDelivery): void {
    const { clock, log, channel, onEnded } = this.#deps;
    const now = clock.now();
    if (row.expiresAt !== undefined && row.expiresAt <= now) {
      log.warn("delivery is too old to be sent", { sink: channel.name, id: row.id });
      this.#settle({ id: row.id, outcome: "expired", at: now });
      return;
    }
    const destination = channel.destinationOf(row.notification);
    if (destination.room(destination.running) === 0) {
      const givenBack = { id: row.id, outcome: "retry", at: now, started: false, error: "" } as const;
      this.#settle({ ...givenBack, dueAt: now, destination: destination.name });
      return;
    }
    const running = this.#send(row, destination).finally(() => {
      this.#running.delete(running);
      onEnded();
    });
    this.#running.add(running);
  }

  async #send(row: LeasedDelivery, destination: SinkDestination): Promise<void> {
    const { clock, channel } = this.#deps;
    const result = await this.#attempt(row, destination);
    const now = clock.now();
    if (!result.ok) return this.#fail(row, destination, result.error);
    const { receiver, remaining } = result.value;
    if (remaining !== undefined) {
      // The next attempt for the rest is due now, but waits for the pace of the sink.
      const more = { id: row.id, outcome: "retry", at: now, started: true, error: "" } as const;
      this.#settle({ ...more, dueAt: now, remaining, receiver, destination: destination.name });
      return;
    }
    this.#settle({ id: row.id, outcome: "delivered", at: now, receiver });
    const newest = newestNewsOf(row.notification);
    if (newest !== undefined) channel.recordDelay(now - newest);
  }

  #fail(row: LeasedDelivery, destination: SinkDestination, error: DeliveryError): void {
    const { clock, log, channel } = this.#deps;
    const errorText = channel.errorText(error);
    const failed = { ...row, error, errorText, now: clock.now(), random: channel.random() };
    const result = resultOfFailure({ ...failed, destination: destination.name });
    if (result.outcome === "dead")
      log.warn("delivery is a dead letter", { sink: channel.name, id: row.id, error: errorText });
    this.#settle(result);
  }

  /** Makes one attempt for a notification that is in no queue. @returns Whether the receiver accepted it. */
  async sendNow(notification: Notification): Promise<boolean> {
    const { channel } = this.#deps;
    const destination = channel.destinationOf(notification);
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
    return channel.sink.send(notification, { receiver: row.receiver, remaining: row.remaining, signal });
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
