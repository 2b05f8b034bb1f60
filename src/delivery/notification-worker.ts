import type { Notification } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import { DeliveryError, type Sent, withTexts } from "../sink/index.ts";
import type { LeasedDelivery, Settlement, Store } from "../store/index.ts";
import type { Lane } from "./lane.ts";
import { settleFailure } from "./settlement.ts";
import type { Settler } from "./settler.ts";
import { sleepUntil, UNTIL_WOKEN, type Work } from "./work-loop.ts";

const SETTLER_FULL_MS = 1000;

/** What a worker works with. */
export interface WorkerParts {
  readonly lane: Lane;
  readonly store: Pick<Store, "leaseDeliveries" | "leaseRecords" | "nextDueAt">;
  readonly settler: Settler;
  readonly clock: Clock;
  readonly log: Logger;
  /** An attempt has ended: there may be room for another. */
  readonly onEnded: () => void;
}

/** Sends the notifications of one sink: several groups at once, one at a time of each group. */
export class NotificationWorker implements Work {
  readonly #parts: WorkerParts;
  readonly #running = new Set<Promise<void>>();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Resolves when no attempt runs. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async fill(): Promise<number> {
    const { lane, store, settler, clock } = this.#parts;
    if (!settler.hasRoom) return SETTLER_FULL_MS;
    const room = lane.room(this.#running.size);
    if (room === 0) return lane.waitMs() || UNTIL_WOKEN;
    const leased = await store.leaseDeliveries({ sink: lane.name, now: clock.now(), limit: room });
    for (const row of leased) this.#begin(row);
    if (leased.length === room) return 0;
    return sleepUntil(await store.nextDueAt(lane.name), clock);
  }

  #begin(row: LeasedDelivery): void {
    const { clock, log, lane, onEnded } = this.#parts;
    const now = clock.now();
    if (row.expiresAt !== undefined && row.expiresAt <= now) {
      log.warn("delivery is too old to be sent", { sink: lane.name, id: row.id });
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
    const { clock, log, lane } = this.#parts;
    const result = await lane.attempt((signal) => this.#sendOnce(row, signal), true);
    const now = clock.now();
    if (result.ok) {
      this.#settle({ id: row.id, outcome: "delivered", at: now, receiver: result.value.receiver });
      const newest = newestNewsOf(row.notification);
      if (newest !== undefined) lane.noteDelay(now - newest);
      return;
    }
    const { error } = result;
    const errorText = lane.errorText(error);
    const settlement = settleFailure({ ...row, error, errorText, now, random: lane.random() });
    if (settlement.outcome === "dead")
      log.warn("delivery is a dead letter", { sink: lane.name, id: row.id, error: errorText });
    this.#settle(settlement);
  }

  /** One attempt of something that is in no queue; whether it was taken. */
  async sendNow(notification: Notification): Promise<boolean> {
    const { lane } = this.#parts;
    if (lane.room(this.#running.size) === 0) return false;
    const row = { notification, receiver: undefined, remaining: undefined };
    const result = await lane.attempt((signal) => this.#sendOnce(row, signal), true);
    return result.ok;
  }

  async #sendOnce(
    row: Pick<LeasedDelivery, "notification" | "receiver" | "remaining">,
    signal: AbortSignal,
  ): Promise<Sent> {
    const { clock, log, lane } = this.#parts;
    if (lane.sink.send === undefined) {
      throw new DeliveryError("this type of sink takes no alerts", {
        failure: "misconfigured",
        class: "poison",
      });
    }
    const notification = withTexts(row.notification, lane.common, {
      now: clock.now(),
      onFailure: (option, error) =>
        log.warn("a text of a sink fails; the built-in one is used", {
          sink: lane.name,
          option,
          error: lane.errorText(error),
        }),
    });
    return lane.sink.send(notification, { receiver: row.receiver, remaining: row.remaining, signal });
  }

  #settle(settlement: Settlement): void {
    this.#parts.settler.add({ sink: this.#parts.lane.name, kind: "notification", settlement });
  }
}

/** When the newest occurrence that a message brings news of was; undefined for repeats, ends and digests. */
function newestNewsOf({ kind, alerts }: Notification): number | undefined {
  if (kind !== "firing" && kind !== "update") return undefined;
  const times = alerts.map(({ event }) => Date.parse(event.lastSeen)).filter((at) => !Number.isNaN(at));
  return times.length === 0 ? undefined : Math.max(...times);
}
