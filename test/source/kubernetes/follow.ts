import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Batch, Position } from "../../../src/event/index.ts";
import { type ApiClient, connect } from "../../../src/kube/index.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import type { LogFields, Logger } from "../../../src/lib/log.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { Metrics } from "../../../src/lib/metrics.ts";
import {
  createKubernetesSource,
  type EventSource,
  type KubernetesSourceOptions,
  type SourceMessage,
} from "../../../src/source/index.ts";
import { FakeClock } from "../../support/fake-clock.ts";

/** A client for a plain-http server, by a kubeconfig as a person would write it. */
export function clientOf(url: string, clock: Clock, user: object = {}): Promise<ApiClient> {
  const kubeconfig = join(mkdtempSync(join(tmpdir(), "tocsin-kube-")), "config");
  const content = {
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [{ name: "test", cluster: { server: url } }],
    users: [{ name: "test", user }],
  };
  writeFileSync(kubeconfig, JSON.stringify(content));
  return connect({ kubeconfig, context: "" }, { env: {}, clock, log: silentLogger });
}

/** One line of a logger. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** A source under test and everything that it said. */
export class Follow implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly source: EventSource;
  readonly metrics = new Metrics();
  readonly messages: SourceMessage[] = [];
  readonly logged: LogLine[] = [];
  readonly #isClockShared: boolean;
  readonly #stop = new AbortController();
  readonly #client: ApiClient;
  readonly #done: Promise<void>;
  #paused: Promise<void> | undefined;
  #resume = (): void => undefined;

  private constructor(
    client: ApiClient,
    { clock, isShared }: { readonly clock: FakeClock; readonly isShared: boolean },
    options: Partial<KubernetesSourceOptions>,
  ) {
    this.clock = clock;
    this.#isClockShared = isShared;
    this.#client = client;
    this.source = createKubernetesSource({
      cluster: "test",
      client,
      group: "core",
      namespaces: [],
      positions: [],
      startFrom: 300_000,
      eventTtlMs: 3_600_000,
      clock,
      random: () => 0,
      log: recorder(this.logged),
      metrics: this.metrics,
      ...options,
    });
    this.#done = this.#consume();
  }

  /** @param shared A clock that others use as well. */
  static async start(
    url: string,
    options: Partial<KubernetesSourceOptions> = {},
    shared?: FakeClock,
  ): Promise<Follow> {
    const clock = shared ?? new FakeClock();
    return new Follow(await clientOf(url, clock), { clock, isShared: shared !== undefined }, options);
  }

  get batches(): readonly Batch[] {
    return this.messages.flatMap((message) => (message.kind === "batch" ? [message.batch] : []));
  }

  /** Names of the Events seen, in order. */
  get names(): readonly string[] {
    return this.batches.flatMap(({ observations }) =>
      observations.map(({ raw }) => String(raw.metadata?.name)),
    );
  }

  /** `list`, `live`, `gap` and `watch`, in order. */
  get kinds(): readonly string[] {
    return this.messages.map((message) => (message.kind === "batch" ? message.batch.via : message.kind));
  }

  get position(): Position | undefined {
    return this.batches.findLast((batch) => batch.position !== undefined)?.position;
  }

  get trouble(): string {
    return this.source.status()[0]?.trouble ?? "";
  }

  /** Moves the clock in small steps, with sockets at work between, until it is so. */
  async until(condition: () => boolean, options: { stepMs?: number; withinMs?: number } = {}): Promise<void> {
    const { stepMs = 250, withinMs = 180_000 } = options;
    const end = this.clock.monotonic() + withinMs;
    await breathe();
    while (!condition()) {
      if (this.clock.monotonic() >= end) throw new Error(`never happened; said: ${this.kinds.join(" ")}`);
      await this.clock.advance(stepMs);
      await breathe();
    }
  }

  async untilLive(): Promise<void> {
    await this.until(() => this.kinds.at(-1) === "live");
  }

  /** Stops asking for messages. */
  pause(): void {
    this.#paused ??= new Promise((resolve) => (this.#resume = resolve));
  }

  resume(): void {
    this.#paused = undefined;
    this.#resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("the test is over"));
    this.resume();
    await this.#done;
    await this.#client.close();
    if (this.clock.pending > 0 && !this.#isClockShared) throw new Error(`${this.clock.pending} timers left`);
  }

  async #consume(): Promise<void> {
    for await (const message of this.source.messages(this.#stop.signal)) {
      this.messages.push(message);
      await this.#paused;
    }
  }
}

/** Real sockets need real time: a few milliseconds. */
async function breathe(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

function recorder(lines: LogLine[]): Logger {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields });
    };
  const logger: Logger = {
    debug: () => undefined,
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: () => logger,
  };
  return logger;
}
