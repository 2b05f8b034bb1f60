import type { Notification } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { ConfiguredSink, Sink } from "../sink/index.ts";
import type { DeliveryMetrics } from "./delivery-metrics.ts";
import { type FallbackTarget, FallbackWorker } from "./fallback.ts";
import { NotificationWorker, type WorkerDeps } from "./notification-worker.ts";
import { RecordWorker } from "./record-worker.ts";
import { SinkChannel } from "./sink-channel.ts";
import type { SinkQueue, SinkResult } from "./sink-queue.ts";
import type { SinkStatus } from "./sink-status.ts";
import { WorkLoop } from "./work-loop.ts";

/** Notifications that end within this time are followed by one look into the store, which is one transaction. */
const GATHER_MS = 2;

/** What a runner is made of. */
export interface SinkRunnerDeps {
  readonly configured: ConfiguredSink;
  readonly sink: Sink;
  readonly scrub: (text: string) => string;
  readonly queue: SinkQueue;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
  /** Another sink as configured now; undefined when there is none. */
  readonly targetNamed: (sink: string) => FallbackTarget | undefined;
}

/** Everything that runs for one sink: a loop for notifications, one for records, on one channel, and one for its fallback. */
export class SinkRunner {
  readonly name: string;
  readonly version: string;
  readonly #clock: Clock;
  readonly #channel: SinkChannel;
  readonly #notifications: NotificationWorker;
  readonly #records: RecordWorker;
  readonly #loops: Readonly<Record<SinkResult["kind"], WorkLoop>>;
  readonly #fallback: WorkLoop | undefined;
  #cancelWake: (() => void) | undefined;

  constructor({ configured, queue, targetNamed, ...parts }: SinkRunnerDeps) {
    const { clock, log } = parts;
    const { fallback } = configured.common;
    this.name = configured.name;
    this.version = configured.version;
    this.#clock = clock;
    this.#channel = new SinkChannel({ ...parts, configured });
    const common: Omit<WorkerDeps, "onEnded"> = { channel: this.#channel, queue, clock, log };
    this.#notifications = new NotificationWorker({
      ...common,
      // One at a time has no company to wait for.
      onEnded: () =>
        configured.common.totalConcurrency === 1 ? this.wake("notification") : this.#wakeSoon(),
    });
    this.#records = new RecordWorker({ ...common, onEnded: () => this.wake("record") });
    this.#loops = {
      notification: new WorkLoop(this.#notifications, clock, log),
      record: new WorkLoop(this.#records, clock, log),
    };
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
  }

  /** There may be something to do, or room for it. */
  wake(kind: SinkResult["kind"]): void {
    this.#loops[kind].wake();
  }

  #wakeSoon(): void {
    this.#cancelWake ??= this.#clock.after(GATHER_MS, () => {
      this.#cancelWake = undefined;
      this.wake("notification");
    });
  }

  /** Something died that the fallback may take. */
  wakeFallback(): void {
    this.#fallback?.wake();
  }

  /** One attempt of something that is in no queue; whether it was taken. */
  sendNow(notification: Notification): Promise<boolean> {
    return this.#notifications.sendNow(notification);
  }

  status(): SinkStatus {
    const running = this.#notifications.running + this.#records.running;
    return { sink: this.name, ...this.#channel.status(), running };
  }

  /** Ends at once: nothing new is started, and what runs is cancelled. */
  abandon(): Promise<void> {
    this.#channel.abort();
    return this.stop(0);
  }

  /** Starts nothing new, lets running attempts end until the deadline, then ends them, and closes the sink. */
  async stop(deadlineMs: number): Promise<void> {
    const cancel = this.#clock.after(deadlineMs, () => this.#channel.abort());
    try {
      await Promise.all([this.#loops.notification.stop(), this.#loops.record.stop(), this.#fallback?.stop()]);
      await Promise.all([this.#notifications.idle(), this.#records.idle()]);
    } finally {
      cancel();
      this.#cancelWake?.();
      await this.#channel.sink.close();
    }
  }
}
