import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { type EventsApi, startEventsApi } from "../src/demo/index.ts";
import { systemClock } from "../src/lib/clock.ts";
import { type Bridge, startBridge } from "./bridge.ts";
import { kubeletEvent } from "./events.ts";
import { sample } from "./sample.ts";

/** The costs of streams of the API, beside the same load without any. */
export interface Streams {
  /** CPU of the bridge with the streams, and what they add to that without: percent of a core. */
  readonly cpuPercent: number;
  readonly moreCpuPercent: number;
  readonly moreMb: number;
  /** Sent to each stream. */
  readonly eventsPerSecond: number;
  readonly kbPerSecond: number;
}

const ALERTS = 500;
const NAMESPACES = 20;
const TICK_MS = 20;

const STREAMS_OF_ADDRESS = 16;

/** Changes open alerts at a rate, first without clients and then with so many. */
export async function measureStreams(clients: number, perSecond: number, seconds: number): Promise<Streams> {
  await using api = await startEventsApi({ clock: systemClock });
  await using bridge = await startBridge(api.url, {
    rules: [
      {
        name: "bench",
        match: { reason: "Bench" },
        identity: ["namespace", "object"],
        resolve: { quiet: "1d" },
      },
    ],
    sinks: [{ name: "out", type: "file", path: "alerts.jsonl" }],
    route: { sinks: ["out"], groupWait: "1s" },
  });
  let made = 0;
  const change = async (rate: number, forSeconds: number): Promise<void> => {
    const [startedAt, first] = [performance.now(), made];
    for (let passed = 0; passed < forSeconds; passed = (performance.now() - startedAt) / 1000) {
      while (made < first + rate * passed) record(api, made++);
      await sleep(TICK_MS);
    }
  };
  await change(250, 5);
  await sleep(5000);
  // The heap has grown to what the load needs.
  await change(perSecond, seconds);
  const alone = await measure(bridge, () => change(perSecond, seconds));
  const readers = await Promise.all(Array.from({ length: clients }, (_, index) => follow(bridge, index)));
  await change(perSecond, 5);
  const before = readers.map(({ events, bytes }) => ({ events, bytes }));
  const served = await measure(bridge, () => change(perSecond, seconds));
  const last = readers.at(-1);
  const first = before.at(-1);
  for (const { answer } of readers) answer.destroy();
  return {
    cpuPercent: served.cpuPercent,
    moreCpuPercent: served.cpuPercent - alone.cpuPercent,
    moreMb: served.rssMb - alone.rssMb,
    eventsPerSecond: ((last?.events ?? 0) - (first?.events ?? 0)) / seconds,
    kbPerSecond: ((last?.bytes ?? 0) - (first?.bytes ?? 0)) / 1024 / seconds,
  };
}

function record(api: EventsApi, index: number): void {
  const namespace = `team-${index % NAMESPACES}`;
  api.record(kubeletEvent(index, { reason: "Bench", objects: ALERTS, namespace }));
}

async function measure(
  bridge: Bridge,
  run: () => Promise<void>,
): Promise<{ readonly cpuPercent: number; readonly rssMb: number }> {
  const before = sample(bridge);
  await run();
  const after = sample(bridge);
  const cpuPercent = ((after.cpuUs - before.cpuUs) / 1000 / (after.at - before.at)) * 100;
  return { cpuPercent, rssMb: after.rssBytes / 2 ** 20 };
}

/** A client that counts and keeps nothing. No address has more streams than one may. */
async function follow(
  { url }: Bridge,
  index: number,
): Promise<{ answer: IncomingMessage; events: number; bytes: number }> {
  const localAddress = `127.0.0.${1 + Math.floor(index / STREAMS_OF_ADDRESS)}`;
  const request = get(`${url}/api/v1/stream`, { agent: false, localAddress });
  // Node gives it with the event.
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`no stream: ${answer.statusCode}`);
  const client = { answer, events: 0, bytes: 0 };
  answer.on("data", (part: Buffer) => {
    client.bytes += part.length;
    for (let at = part.indexOf("event: "); at !== -1; at = part.indexOf("event: ", at + 1))
      client.events += 1;
  });
  return client;
}
