import { type AlertState, type Changes, NO_CHANGES } from "../../src/alert/index.ts";
import { createHttpServer, type HttpServer, type HttpServerOptions } from "../../src/api/index.ts";
import { Feed } from "../../src/feed/index.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { openSqliteStore } from "../../src/store/index.ts";
import { makeAlert } from "../alert/make.ts";
import { alertChanges } from "../support/entity-changes.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { OwnedStore } from "../support/owned-store.ts";
import { makeBridge, storeParts } from "./make-bridge.ts";
import { StreamReader } from "./stream-reader.ts";

/** The HTTP server over a store and a feed that a test fills, on a clock that the test moves. */
export class StreamBed implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly feed: Feed;
  readonly store: OwnedStore;
  readonly #server: HttpServer;
  readonly #readers: StreamReader[] = [];

  static async open(
    over: Partial<HttpServerOptions & Parameters<typeof makeBridge>[0]> = {},
  ): Promise<StreamBed> {
    const clock = new FakeClock();
    const host = await openSqliteStore({ path: ":memory:", clock, log: silentLogger });
    const feed = new Feed({ epoch: "e1", log: silentLogger, limits: { changes: 400, bytes: 1024 * 1024 } });
    const server = createHttpServer({
      listen: { host: "127.0.0.1", port: 0 },
      access: () => ({ localRead: true, read: [], write: [] }),
      health: { live: () => [], ready: () => [] },
      metrics: new Metrics(),
      reload: () => Promise.resolve({ ok: true, findings: [] }),
      clock,
      log: silentLogger,
      ...over,
      bridge: await makeBridge({ ...storeParts(host), feed, ...over }),
    });
    await server.start();
    return new StreamBed({ clock, feed, server }, await OwnedStore.of(host));
  }

  private constructor(
    { clock, feed, server }: { clock: FakeClock; feed: Feed; server: HttpServer },
    store: OwnedStore,
  ) {
    this.clock = clock;
    this.feed = feed;
    this.store = store;
    this.#server = server;
  }

  get address(): string {
    return this.#server.address ?? "";
  }

  /** Opens a stream. */
  async read(query = "", headers: Readonly<Record<string, string>> = {}): Promise<StreamReader> {
    const reader = await StreamReader.open(`${this.address}/api/v1/stream${query}`, headers);
    this.#readers.push(reader);
    return reader;
  }

  /** Commits as the pipeline does. */
  async commit(changes: Partial<Changes>): Promise<void> {
    await this.store.commit(changes);
    this.feed.onCommitted({ ...NO_CHANGES, ...changes });
  }

  putAlert(fingerprint: string, more: Partial<AlertState> = {}): Promise<void> {
    return this.putAlerts([fingerprint], more);
  }

  /** In one commit. */
  async putAlerts(fingerprints: readonly string[], more: Partial<AlertState> = {}): Promise<void> {
    const alerts = fingerprints.map((fingerprint) => ({ ...makeAlert(fingerprint, more), fingerprint }));
    await this.commit({ entities: alertChanges(alerts) });
  }

  async forgetAlert(fingerprint: string): Promise<void> {
    await this.commit({ entities: alertChanges([], [fingerprint]) });
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.address}/metrics`)).text();
    return Number(new RegExp(`^${name} (.*)$`, "mu").exec(text)?.[1]);
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const reader of this.#readers) reader[Symbol.dispose]();
    await this.stop();
    await this.store.close();
  }
}
