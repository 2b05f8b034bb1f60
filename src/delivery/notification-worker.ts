import type { Notification } from "../alert/index.ts";
import { DeliveryError } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import { type Sent, withTexts } from "../sink/index.ts";
import type { LeasedDelivery, AttemptResult } from "../store/index.ts";
import { resultOfFailure } from "./attempt-result.ts";
import type { SinkChannel } from "./sink-channel.ts";
import type { SinkQueue } from "./sink-queue.ts";
import { sleepUntil, UNTIL_WOKEN, type Work } from "./work-loop.ts";

const QUEUE_FULL_MS = 1000;

/** What a worker works with. */
export interface WorkerDeps {
  readonly channel: SinkChannel;
  readonly queue: SinkQueue;
  readonly clock: Clock;
  readonly log: Logger;
  /** An attempt has ended: there may be room for another. */
  readonly onEnded: () => void;
}

/** Sends the notifications of one sink: several groups at once, one at a time of each group. */
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
    const { deliveries } = await queue.lease("notification", room);
    for (const row of deliveries) this.#begin(row);
    if (deliveries.length === room) return 0;
    return sleepUntil(await queue.outbox.nextDueAt(), clock);
  }

  #begin(row: LeasedDelivery): void {
    const { clock, log, channel, onEnded } = this.#deps;
    const now = clock.now();
    if (row.expiresAt !== undefined && row.expiresAt <= now) {
      log.warn("delivery is too old to be sent", { sink: channel.name, id: row.id });
      this.#settle({ id: row.id, outcome: "expired", at: now });
      return;
    }
    const running = this.#send(row).finally(() => {
      this.#running.delete(running);
      onEnded();
    });
    this.#running.add(running);
  }

  async #send(row: LeasedDelivery): Promise<void> {
    const { clock, log, channel } = this.#deps;
    const result = await channel.attempt((signal) => this.#sendOnce(row, signal), true);
    const now = clock.now();
    if (result.ok) {
      this.#settle({ id: row.id, outcome: "delivered", at: now, receiver: result.value.receiver });
      const newest = newestNewsOf(row.notification);
      if (newest !== undefined) channel.recordDelay(now - newest);
      return;
    }
    const { error } = result;
    const errorText = channel.errorText(error);
    const settlement = resultOfFailure({ ...row, error, errorText, now, random: channel.random() });
    if (settlement.outcome === "dead")
      log.warn("delivery is a dead letter", { sink: channel.name, id: row.id, error: errorText });
    this.#settle(settlement);
  }

  /** One attempt of something that is in no queue; whether it was taken. */
  async sendNow(notification: Notification): Promise<boolean> {
    const { channel } = this.#deps;
    if (channel.room(this.#running.size) === 0) return false;
    const row = { notification, receiver: undefined, remaining: undefined };
    const result = await channel.attempt((signal) => this.#sendOnce(row, signal), true);
    return result.ok;
  }

  async #sendOnce(
    row: Pick<LeasedDelivery, "notification" | "receiver" | "remaining">,
    signal: AbortSignal,
  ): Promise<Sent> {
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

/** When the newest occurrence that a message brings news of was; undefined for repeats, ends and digests. */
function newestNewsOf({ kind, alerts }: Notification): number | undefined {
  if (kind !== "firing" && kind !== "update") return undefined;
  const times = alerts.map(({ event }) => Date.parse(event.lastSeen)).filter((at) => !Number.isNaN(at));
  return times.length === 0 ? undefined : Math.max(...times);
}
