import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { type EventsApi, startEventsApi } from "../src/demo/index.ts";
import {
  type App,
  connect,
  createApp,
  createLogger,
  createScrubber,
  defineSink,
  loadConfiguration,
  Metrics,
  type Notification,
  systemClock,
} from "../src/index.ts";
import { broken } from "./support/app-bed.ts";
import { until } from "./support/until.ts";

/** Names that the package offers, types among them. */
const MOST_NAMES = 25;

/** A program that embeds the package and watches one cluster with it. */
class Embedding implements AsyncDisposable {
  readonly name: string;
  readonly app: App;
  readonly api: EventsApi;
  readonly metrics: Metrics;
  readonly sent: Notification[];
  readonly log: string[];
  readonly #directory: string;

  static async open(name: string): Promise<Embedding> {
    const directory = mkdtempSync(join(tmpdir(), `tocsin-${name}-`));
    const api = await startEventsApi({ clock: systemClock });
    const sent: Notification[] = [];
    const log: string[] = [];
    const metrics = new Metrics();
    const scrubber = createScrubber();
    const env = { [`TOKEN_OF_${name.toUpperCase()}`]: `token-of-${name}` };
    writeFileSync(join(directory, "kubeconfig"), kubeconfigFor(api.url));
    writeFileSync(join(directory, "tocsin.yaml"), configurationOf(name));
    const load = () =>
      loadConfiguration({
        file: join(directory, "tocsin.yaml"),
        env,
        cwd: directory,
        sinkTypes: [collectInto(sent)],
      });
    const { configuration, findings } = await load();
    if (configuration === undefined) throw new Error(JSON.stringify(findings));
    const logger = createLogger({
      level: "info",
      format: "json",
      write: (line) => void log.push(line),
      scrub: (text) => scrubber.scrub(text),
    });
    const kubeconfig = join(directory, "kubeconfig");
    const context = { env, clock: systemClock, log: logger };
    const app = createApp({
      configuration,
      load,
      client: await connect({ kubeconfig, context: "" }, context),
      clock: systemClock,
      random: Math.random,
      env,
      log: logger,
      metrics,
      scrubber,
      stdout: () => Promise.resolve(),
      colour: false,
      version: "0",
    });
    await app.start();
    return new Embedding({ name, app, api, metrics, sent, log, directory });
  }

  private constructor(
    parts: Omit<Embedding, "stored" | "objects" | typeof Symbol.asyncDispose> & {
      readonly directory: string;
    },
  ) {
    ({
      name: this.name,
      app: this.app,
      api: this.api,
      metrics: this.metrics,
      sent: this.sent,
      log: this.log,
    } = parts);
    this.#directory = parts.directory;
  }

  /** Of each message: the cluster and the object. */
  get objects(): readonly string[] {
    return this.sent.flatMap(({ cluster, alerts }) =>
      alerts.map(({ labels }) => `${cluster}/${labels["name"]}`),
    );
  }

  /** The bytes of its state file. */
  get stored(): string {
    return ["state.db", "state.db-wal"]
      .map((name) => readFileSync(join(this.#directory, name), "latin1"))
      .join("");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.stop();
    await this.api.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function collectInto(sent: Notification[]) {
  return defineSink<{ readonly token: unknown }>({
    type: "collect",
    options: z.strictObject({ token: z.unknown() }),
    takes: ["alerts"],
    traits: () => ({ rateLimit: undefined, concurrency: 1 }),
    http: false,
    create: () => ({
      send: (notification) => {
        sent.push(notification);
        return Promise.resolve({});
      },
      close: () => Promise.resolve(),
    }),
  });
}

function configurationOf(name: string): string {
  const immediately = { critical: "0s", else: "0s" };
  return JSON.stringify({
    cluster: name,
    kubernetes: { kubeconfig: "kubeconfig", startFrom: "now", enrich: "off" },
    state: { path: "state.db" },
    rules: [{ name: "it", match: { reason: "Broken" } }],
    sinks: [{ name: "inbox", type: "collect", token: name }],
    route: { sinks: ["inbox"], groupWait: immediately, groupInterval: immediately, groupBy: ["..."] },
    server: { listen: "127.0.0.1:0", tokens: { read: [{ env: `TOKEN_OF_${name.toUpperCase()}` }] } },
  });
}

function kubeconfigFor(server: string): string {
  return JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "u", user: { token: "t" } }],
  });
}

describe("a program that embeds the package", () => {
  beforeEach(() => {
    // Each app gets its environment as an argument; that of the process sends whoever reads it nowhere.
    for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) {
      vi.stubEnv(name, "http://127.0.0.1:9");
    }
    vi.stubEnv("KUBECONFIG", "/nowhere");
    vi.stubEnv("TOKEN_OF_EAST", "not this one");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("runs two clusters in one process, and neither sees anything of the other", async () => {
    await using east = await Embedding.open("east");
    await using west = await Embedding.open("west");
    await until(() => east.api.stats().streams === 1 && west.api.stats().streams === 1);
    for (const pod of ["a", "b"]) east.api.create(broken(pod));
    west.api.create(broken("c"));
    await until(() => east.sent.length >= 2 && west.sent.length > 0);
    expect(east.objects.toSorted()).toEqual(["east/a", "east/b"]);
    expect(west.objects).toEqual(["west/c"]);

    const count = /^tocsin_occurrences_total\{rule="it"\} (\d+)$/mu;
    const counted = await Promise.all(
      [east, west].map(async ({ metrics }) => count.exec(await metrics.text())?.[1]),
    );
    expect(counted).toEqual(["2", "1"]);
    expect(east.stored).toContain("east");
    expect(east.stored).not.toContain("west");
    for (const [own, other] of [
      [east, west],
      [west, east],
    ] as const) {
      expect(own.log.join("")).toContain(`"cluster":"${own.name}"`);
      expect(own.log.join("")).not.toContain(other.name);
    }
  });

  it("stops one of them and the other goes on, with the tokens of its own environment", async () => {
    await using east = await Embedding.open("east");
    await using west = await Embedding.open("west");
    await west.app.stop();
    expect(await east.app.reload()).toMatchObject({ ok: true });
    await until(() => east.api.stats().streams === 1);
    east.api.create(broken("a"));
    await until(() => east.sent.length > 0);
    expect(east.objects).toEqual(["east/a"]);
    expect(west.app.address).toBeUndefined();
    // A proxy speaks for others, so that a token is needed.
    const ask = async (token: string): Promise<number> => {
      const headers = { authorization: `Bearer ${token}`, via: "1.1 proxy" };
      return (await fetch(`${east.app.address}/api/v1/status`, { headers })).status;
    };
    expect([await ask("token-of-east"), await ask("not this one"), await ask("token-of-west")]).toEqual([
      200, 401, 401,
    ]);
  });
});

describe("the package's door", () => {
  it(`offers at most ${MOST_NAMES} names`, () => {
    const text = readFileSync(new URL("../src/index.ts", import.meta.url), "utf8");
    const names = [...text.matchAll(/export (?:type )?\{([^}]*)\}/gu)].flatMap(([, list = ""]) =>
      list.split(",").filter((name) => name.trim() !== ""),
    );
    expect(names.length).toBeGreaterThan(0);
    expect(names.length).toBeLessThanOrEqual(MOST_NAMES);
  });
});
