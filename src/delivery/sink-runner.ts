import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/log.ts";
import type { ConfiguredSink, Sink } from "../sink/index.ts";
import type { Store } from "../store/index.ts";
import type { DeliveryMetrics } from "./delivery-metrics.ts";
import type { SinkState } from "./gate.ts";
import { Lane } from "./lane.ts";
import { NotificationWorker, type WorkerParts } from "./notification-worker.ts";
import { RecordWorker } from "./record-worker.ts";
import type { Settler } from "./settler.ts";
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
  readonly #workers: readonly (NotificationWorker | RecordWorker)[];
  readonly #loops: readonly WorkLoop[];

  constructor({ configured, store, settler, ...parts }: SinkRunnerParts) {
    const { clock, log } = parts;
    this.name = configured.name;
    this.version = configured.version;
    this.#clock = clock;
    this.#lane = new Lane({ ...parts, name: configured.name, common: configured.common });
    const workerParts: WorkerParts = {
      lane: this.#lane,
      store,
      settler,
      clock,
      log,
      onEnded: () => this.wake(),
    };
    this.#workers = [new NotificationWorker(workerParts), new RecordWorker(workerParts)];
    this.#loops = this.#workers.map((worker) => new WorkLoop(worker, clock, log));
  }

  useTexts(common: ConfiguredSink["common"]): void {
    this.#lane.useTexts(common);
  }

  start(): void {
    for (const loop of this.#loops) loop.start();
  }

  wake(): void {
    for (const loop of this.#loops) loop.wake();
  }

  status(): SinkStatus {
    const running = this.#workers.reduce((sum, worker) => sum + worker.running, 0);
    return { sink: this.name, ...this.#lane.state(), running };
  }

  /** Starts nothing new, lets running attempts end until the deadline, then ends them, and closes the sink. */
  async stop(deadlineMs: number): Promise<void> {
    const cancel = this.#clock.after(deadlineMs, () => this.#lane.abort());
    try {
      await Promise.all(this.#loops.map((loop) => loop.stop()));
      await Promise.all(this.#workers.map((worker) => worker.idle()));
    } finally {
      cancel();
      await this.#lane.sink.close();
    }
  }
}
