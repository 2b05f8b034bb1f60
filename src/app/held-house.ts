import type { Feed } from "../feed/index.ts";
import {
  type Heartbeat,
  type MonitoredParts,
  type SelfMonitor,
  SelfAlertSender,
  type SenderDeps,
} from "../self/index.ts";
import type { HeldWork, HouseHolding } from "../store/index.ts";

/** Collaborators of the house; those of the process, which outlive it. */
export type HeldHouseDeps = Omit<SenderDeps, "house"> &
  Omit<MonitoredParts, "sender"> & {
    readonly selfMonitor: SelfMonitor;
    readonly heartbeat: Heartbeat;
    readonly feed: Feed;
  };

/** The heartbeat and the alerts about the bridge itself, while this process is the one that sends them. */
export class HeldHouse implements HeldWork {
  readonly #holding: HouseHolding;
  readonly #signal: AbortSignal;
  readonly #deps: HeldHouseDeps;

  /** @param signal Ends `run`. */
  constructor(holding: HouseHolding, signal: AbortSignal, deps: HeldHouseDeps) {
    this.#holding = holding;
    this.#signal = signal;
    this.#deps = deps;
  }

  async run(): Promise<void> {
    const { selfMonitor, heartbeat, feed } = this.#deps;
    const { house } = this.#holding;
    const sender = new SelfAlertSender({
      ...this.#deps,
      house: {
        send: async (deliveries) => {
          await house.send(deliveries);
          const entities = { put: [], forget: [] };
          feed.onCommitted({ entities, deliveries, records: [], notedOutcomes: [] });
        },
      },
    });
    await Promise.all([
      selfMonitor.run({ ...this.#deps, sender }, this.#signal),
      heartbeat.run(this.#signal),
    ]);
  }
}
