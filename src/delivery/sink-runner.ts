import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { ConfiguredSink, Sink } from "../sink/index.ts";
import type { Store } from "../store/index.ts";
import type { DeliveryMetrics } from "./delivery-metrics.ts";
import type { SinkState } from "./gate.ts";
import { Lane } from "./lane.ts";
import { NotificationWorker, type WorkerParts } from "./notification-worker.ts";
import { RecordWorker } from "./record-worker.ts";
import type { Settled, Settler } from "./settler.ts";
import { WorkLoop } from "./work-loop.ts";

/** How one sink does. */
export interface SinkStatus {
  readonly sink: string;
  readonly state: SinkState;
  /** The last failure, without secrets; "" after a success. */
  readonly error: string;
  /** Milliseconds until it may be tried again; 0 when it may now. */
  readonly waitMs: number;
  /** Attempts that run. */
  readonly running: number;
}

/** What a runner is made of. */
export interface SinkRunnerParts {
  readonly configured: ConfiguredSink;
  readonly sink: Sink;
  readonly scrub: (text: string) => string;
  readonly store: Store;
  readonly settler: Settler;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: DeliveryMetrics;
}

/** Everything that runs for one sink: a loop for notifications and one for records, on one lane. */
export class SinkRunner {
  readonly name: string;
  readonly version: string;
  readonly #clock: Clock;
  readonly #lane: Lane;
  readonly #notifications: NotificationWorker;
  readonly #records: RecordWorker;
  readonly #loops: Readonly<Record<Settled["kind"], WorkLoop>>;

  constructor({ configured, store, settler, ...parts }: SinkRunnerParts) {
    const { clock, log } = parts;
    this.name = configured.name;
    this.version = configured.version;
    this.#clock = clock;
    this.#lane = new Lane({ ...parts, name: configured.name, common: configured.common });
    const partsFor = (kind: Settled["kind"]): WorkerParts => ({
      lane: this.#lane,
      store,
      settler,
      clock,
      log,
      onEnded: () => this.wake(kind),
    });
    this.#notifications = new NotificationWorker(partsFor("notification"));
    this.#records = new RecordWorker(partsFor("record"));
    this.#loops = {
      notification: new WorkLoop(this.#notifications, clock, log),
      record: new WorkLoop(this.#records, clock, log),
    };
  }

  useTexts(common: ConfiguredSink["common"]): void {
    this.#lane.useTexts(common);
  }

  start(): void {
    this.#loops.notification.start();
    this.#loops.record.start();
  }

  /** There may be something to do, or room for it. */
  wake(kind: Settled["kind"]): void {
    this.#loops[kind].wake();
  }

  status(): SinkStatus {
    const running = this.#notifications.running + this.#records.running;
    return { sink: this.name, ...this.#lane.state(), running };
  }

  /** Starts nothing new, lets running attempts end until the deadline, then ends them, and closes the sink. */
  async stop(deadlineMs: number): Promise<void> {
    const cancel = this.#clock.after(deadlineMs, () => this.#lane.abort());
    try {
      await Promise.all([this.#loops.notification.stop(), this.#loops.record.stop()]);
      await Promise.all([this.#notifications.idle(), this.#records.idle()]);
    } finally {
      cancel();
      await this.#lane.sink.close();
    }
  }
}
