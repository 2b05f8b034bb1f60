import { type EventsApi, startEventsApi } from "../../src/demo/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { BridgeProcess } from "../support/bridge-process.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { until } from "../support/until.ts";

const TTL_MS = 3_600_000;
const PODS = 8;

/** `tocsin run` with something in each list of its API: alerts, groups, deliveries, dead letters, decisions, silences. */
export class FilledBridge implements AsyncDisposable {
  /** May change everything. */
  readonly token = "write-token";
  readonly #api: EventsApi;
  readonly #bridge: BridgeProcess;

  private constructor(api: EventsApi, bridge: BridgeProcess) {
    this.#api = api;
    this.#bridge = bridge;
  }

  static async start(): Promise<FilledBridge> {
    const api = await startEventsApi({ clock: systemClock, ttlMs: TTL_MS, compactionIntervalMs: TTL_MS });
    const filled = new FilledBridge(api, new BridgeProcess());
    await filled.#fill();
    return filled;
  }

  get address(): string {
    return this.#bridge.address;
  }

  /** A folder that goes with it. */
  get directory(): string {
    return this.#bridge.directory;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bridge[Symbol.asyncDispose]();
    await this.#api.stop();
  }

  async #fill(): Promise<void> {
    const bridge = this.#bridge;
    bridge.write("kubeconfig", kubeconfigFor(this.#api.url));
    bridge.write("token", this.token);
    bridge.write("tocsin.yaml", {
      cluster: "here",
      kubernetes: { kubeconfig: "kubeconfig", enrich: "off" },
      state: { path: "state.db" },
      server: { tokens: { write: [{ file: "token" }] } },
      rules: [{ name: "broken", match: { reason: "Broken" } }],
      sinks: [
        { name: "file", type: "file", path: "sent.jsonl" },
        { name: "nowhere", type: "webhook", url: "http://127.0.0.1:9/", maxAge: "1s" },
      ],
      route: { sinks: ["file", "nowhere"], groupWait: "0s" },
      silences: [
        { name: "planned", match: { namespace: "planned" }, comment: "for the list", untilResolved: true },
      ],
    });
    await bridge.start();
    for (let pod = 0; pod < PODS; pod++) this.#record(`web-${pod}`);
    await until(
      async () => (await this.#itemsOf("decisions")) > 0,
      () => bridge.log,
    );
    await until(
      async () => (await this.#itemsOf("dead-letters")) > 0,
      () => bridge.log,
    );
  }

  #record(name: string): void {
    const now = new Date().toISOString();
    this.#api.record({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `${name}.1`, namespace: "shop" },
      involvedObject: { kind: "Pod", namespace: "shop", name, apiVersion: "v1", uid: `uid-${name}` },
      reason: "Broken",
      message: `${name} is broken`,
      type: "Warning",
      source: { component: "kubelet" },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    });
  }

  async #itemsOf(list: string): Promise<number> {
    const answer = await fetch(`${this.address}/api/v1/${list}`);
    // Conformance is what is to be shown.
    const { items } = (await answer.json()) as { readonly items: readonly unknown[] };
    return items.length;
  }
}
