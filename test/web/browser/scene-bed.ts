import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Status } from "../../../src/api/schemas/status.ts";
import { createService } from "../../../src/cli/service.ts";
import { loadConfiguration } from "../../../src/config/index.ts";
import { type EventsApi, scaledClock, startEventsApi } from "../../../src/demo/index.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { createLogger } from "../../../src/lib/log.ts";
import { createScrubber } from "../../../src/lib/scrub.ts";
import { captureIo } from "../../cli/run-command.ts";
import { type FakeReceiver, startReceiver } from "../../support/fake-receiver.ts";
import { freePort } from "../../support/free-port.ts";
import { until } from "../../support/until.ts";

/** Opens changes. */
export const WRITE_TOKEN = "write-token-of-the-scene";
/** Opens nothing but reading. */
export const READ_TOKEN = "read-token-of-the-scene";

/** The whole service on real clocks, against the embedded Events API; `ops` takes messages, `pager` is down. */
export interface SceneBed extends AsyncDisposable {
  /** Of the configuration; its tokens are files in it. */
  readonly directory: string;
  readonly api: EventsApi;
  readonly ops: FakeReceiver;
  /** `http://127.0.0.1:port`. */
  readonly address: string;
}

/**
 * Starts the service; Events that are there already count.
 *
 * @param events As core/v1 has them. @param options.page As in the configuration. @param options.server More of that
 * section. @param options.speed How many times as fast as ours the clock of the service runs.
 */
export async function openScene(
  events: readonly object[],
  {
    page = { playground: "read" },
    server = {},
    speed = 1,
  }: { readonly page?: object; readonly server?: object; readonly speed?: number } = {},
): Promise<SceneBed> {
  const directory = await mkdtemp(join(tmpdir(), "tocsin-web-"));
  const clock = speed === 1 ? systemClock : scaledClock(systemClock, speed);
  const api = await startEventsApi({ clock });
  for (const event of events) api.create(event);
  const ops = await startReceiver();
  const parts = { server: api.url, ops: ops.url, pager: await freePort(), page, more: server };
  const file = await writeFiles(directory, parts);
  const { io } = captureIo({ cwd: directory, clock });
  const load = () => loadConfiguration({ file, env: {}, cwd: directory });
  const { configuration, findings } = await load();
  if (configuration === undefined) throw new Error(JSON.stringify(findings));
  const scrubber = createScrubber();
  const log = createLogger({
    level: "error",
    format: "pretty",
    write: io.stderr,
    scrub: (text) => text,
    colour: false,
  });
  const app = await createService({ configuration, load, io, clock, log, scrubber, looksUp: false });
  await app.start();
  return {
    directory,
    api,
    ops,
    get address() {
      return app.address ?? "";
    },
    [Symbol.asyncDispose]: async () => {
      await app.stop();
      await api.stop();
      await ops.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The parts of the configuration that tests change. */
interface Changeable {
  readonly server: { readonly tokens: { read?: object } };
  readonly overrides: Record<string, object>;
}

/** Changes the configuration of a scene, and lets the service read it. */
export async function reconfigure(
  { directory, address }: SceneBed,
  change: (configuration: Changeable) => unknown,
): Promise<void> {
  const file = join(directory, "tocsin.yaml");
  // Our own, which is JSON.
  const configuration = JSON.parse(await readFile(file, "utf8")) as Changeable;
  change(configuration);
  await writeFile(file, JSON.stringify(configuration));
  const headers = { authorization: `Bearer ${WRITE_TOKEN}` };
  const answer = await fetch(`${address}/-/reload`, { method: "POST", headers });
  if (!answer.ok) throw new Error(`not reloaded: ${await answer.text()}`);
}

/** Waits until the messages about the events that were there at the start are out, and `pager` has failed. */
export async function whenTold({ address }: SceneBed): Promise<void> {
  await until(async () => {
    const status = (await (await fetch(`${address}/api/v1/status`)).json()) as Status;
    const failing = status.sinks.find(({ sink }) => sink === "pager")?.state === "failing";
    const first = status.lastHour.notified.find(({ reason }) => reason === "first")?.decisions ?? 0;
    return (
      failing && first >= TOLD && status.sinks.every(({ sink, waiting }) => sink === "pager" || waiting === 0)
    );
  });
}

/** The fingerprint of an open alert. */
export async function newestAlert({ address }: Pick<SceneBed, "address">): Promise<string> {
  const answer = await fetch(`${address}/api/v1/alerts?limit=1`);
  const { items } = (await answer.json()) as { readonly items: readonly { readonly fingerprint: string }[] };
  return items[0]?.fingerprint ?? "";
}

/** Messages about the night. */
const TOLD = 12;

interface Variables {
  readonly server: string;
  readonly ops: string;
  readonly pager: number;
  readonly page: object;
  readonly more: object;
}

async function writeFiles(directory: string, { server, ops, pager, page, more }: Variables): Promise<string> {
  const kubeconfig = {
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "u", user: {} }],
  };
  const configuration = {
    cluster: "prod-eu1",
    kubernetes: { kubeconfig: "kubeconfig.json", startFrom: "all" },
    state: { path: ":memory:" },
    rules: ["builtin"],
    // Else the scene would be ready after a minute.
    overrides: { "node-not-ready": { for: "0s" } },
    sinks: [
      { name: "ops", type: "webhook", url: ops },
      { name: "pager", type: "webhook", url: `http://127.0.0.1:${pager}/` },
    ],
    selfAlerts: { sinks: ["ops"] },
    route: {
      sinks: ["ops"],
      groupWait: "1s",
      groupInterval: "1s",
      routes: [
        { name: "pager", match: { severity: "critical" }, sinks: ["pager"], continue: true },
        { name: "all", sinks: ["ops"] },
      ],
    },
    silences: [
      {
        name: "autoscaling",
        match: { rule: "autoscaler-without-metrics" },
        comment: "the metrics server is being moved",
        untilResolved: true,
      },
    ],
    server: {
      listen: "127.0.0.1:0",
      tokens: { read: [{ file: "read-token" }], write: [{ file: "write-token" }] },
      page,
      ...more,
    },
  };
  await writeFile(join(directory, "kubeconfig.json"), JSON.stringify(kubeconfig));
  await writeFile(join(directory, "write-token"), WRITE_TOKEN);
  await writeFile(join(directory, "read-token"), READ_TOKEN);
  const file = join(directory, "tocsin.yaml");
  await writeFile(file, JSON.stringify(configuration));
  return file;
}
