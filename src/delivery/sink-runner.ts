import type { Notification, NotifiedAlert } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { ConfiguredSink, Sink } from "../sink/index.ts";
import type { DeliveryMetrics } from "./delivery-metrics.ts";
import { type FallbackTarget, FallbackWorker } from "./fallback.ts";
import { NotificationWorker, type WorkerDeps } from "./notification-worker.ts";
import { RecordWorker } from "./record-worker.ts";
import { RefreshWorker } from "./refresh-worker.ts";
import { SinkChannel } from "./sink-channel.ts";
import type { SinkQueue, SinkResult } from "./sink-queue.ts";
import type { SinkStatus } from "./sink-status.ts";
import { WorkLoop } from "./work-loop.ts";

/** Notifications that end within this time share the next lease, which is one transaction. */
const GATHER_MS = 2;

/** The collaborators of a runner. */
export interface SinkRunnerDeps {
  readonly configured: ConfiguredSink;
  readonly sink: Sink;
  readonly scrub: (text: string) => string;
  readonly queue: SinkQueue;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
  /** Finds another sink as configured now; undefined when none has the name. */
  readonly targetNamed: (sink: string) => FallbackTarget | undefined;
  /** The alerts that fire and that the receiver has, some at a time. */
  readonly openAlerts: () => AsyncIterable<readonly NotifiedAlert[]>;
}

/**
 * Runs one sink: a loop for notifications and one for records, on one channel, a loop for its fallback, and one that
 * tells open alerts again to a receiver that forgets them otherwise.
 */
export class SinkRunner {
  readonly name: string;
  readonly version: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #channel: SinkChannel;
  readonly #notifications: NotificationWorker;
  readonly #records: RecordWorker;
  readonly #loops: Readonly<Record<SinkResult["kind"], WorkLoop>>;
  readonly #fallback: WorkLoop | undefined;
  readonly #refresh: WorkLoop | undefined;
  #cancelWake: (() => void) | undefined;
  #closed: Promise<void> | undefined;
  #isAbandoned = false;

  constructor({ configured, queue, targetNamed, ...parts }: SinkRunnerDeps) {
    const { clock, log } = parts;
    const { fallback } = configured.common;
    this.name = configured.name;
    this.version = configured.version;
    this.#clock = clock;
    this.#log = log;
    this.#channel = new SinkChannel({ ...parts, configured });
    const common: Omit<WorkerDeps, "onEnded"> = { channel: this.#channel, queue, clock, log };
    this.#notifications = new NotificationWorker({
      ...common,
      // With one attempt at a time no other result can share the lease, so the loop need not wait.
      onEnded: () =>
        configured.common.totalConcurrency === 1 ? this.wake("notification") : this.#wakeSoon(),
    });
    this.#records = new RecordWorker({ ...common, onEnded: () => this.wake("record") });
    this.#loops = {
      notification: new WorkLoop(this.#notifications, clock, log),
      record: new WorkLoop(this.#records, clock, log),
    };
    const everyMs = configured.common.refreshMs;
    if (everyMs !== undefined)
      this.#refresh = new WorkLoop(new RefreshWorker({ ...common, ...parts, everyMs }), clock, log);
    if (fallback === undefined) return;
    const target = (): FallbackTarget | undefined => targetNamed(fallback.sink);
    const { afterMs } = fallback;
    const worker = new FallbackWorker({ sink: this.name, afterMs, target, queue, clock, log });
    this.#fallback = new WorkLoop(worker, clock, log);
  }

  useTexts(common: ConfiguredSink["common"]): void {
    this.#channel.useTexts(common);
  }

  start(): void {
    this.#loops.notification.start();
    this.#loops.record.start();
    this.#fallback?.start();
    this.#channel.sink.listen?.();
    this.#refresh?.start();
  }

  /** Wakes the loop of a kind: a row may be due, or there may be room for one. */
  wake(kind: SinkResult["kind"]): void {
    this.#loops[kind].wake();
  }

  #wakeSoon(): void {
    this.#cancelWake ??= this.#clock.after(GATHER_MS, () => {
      this.#cancelWake = undefined;
      this.wake("notification");
    });
  }

  /** Wakes the loop of the fallback: a dead letter may be for it. */
  wakeFallback(): void {
    this.#fallback?.wake();
  }

  /** Makes one attempt for a notification that is in no queue. @returns Whether the receiver accepted it. */
  sendNow(notification: Notification): Promise<boolean> {
    return this.#notifications.sendNow(notification);
  }

  status(): SinkStatus {
    const running = this.#notifications.running + this.#records.running;
    return { sink: this.name, ...this.#channel.status(), running };
  }

  #giveUp(): void {
    const { running } = this.status();
    if (running > 0 && !this.#isAbandoned)
      this.#log.warn("attempts did not end in time; they are made again", {
        sink: this.name,
        attempts: running,
      });
    this.#channel.abort();
  }

  /** Stops at once: starts no attempt any more, and aborts running ones. */
  abandon(): Promise<void> {
    this.#isAbandoned = true;
    this.#channel.abort();
    return this.stop(0);
  }

  /**
   * Starts no attempt any more, lets running ones end until the deadline, then aborts them, and closes the sink. Safe to
   * call again.
   */
  async stop(deadlineMs: number): Promise<void> {
    const cancel = this.#clock.after(deadlineMs, () => this.#giveUp());
    try {
      const loops = [this.#loops.notification, this.#loops.record, this.#fallback, this.#refresh];
      await Promise.all(loops.map(async (loop) => loop?.stop()));
      await Promise.all([this.#notifications.idle(), this.#records.idle()]);
    } finally {
      cancel();
      this.#cancelWake?.();
      this.#closed ??= this.#channel.sink.close();
      await this.#closed;
    }
  }
}
