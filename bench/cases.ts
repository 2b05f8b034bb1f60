import { startEventsApi } from "../src/demo/index.ts";
import { systemClock } from "../src/lib/clock.ts";
import { type Backlog, measureBacklog } from "./backlog.ts";
import { startBareLoop } from "./bare-loop.ts";
import { startBridge } from "./bridge.ts";
import { measureChats } from "./chats.ts";
import { createdEvent, kubeletEvent } from "./events.ts";
import { measureHistory } from "./history.ts";
import { type Latency, measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import { measureMix, ORDINARY_MIX } from "./mix.ts";
import { measureOpenAlerts } from "./open-alerts.ts";
import { measureOnRealServer } from "./real-server.ts";
import { startReceiver } from "./receiver.ts";
import { measureStore, STORE_TYPES } from "./record-stores.ts";
import { measureRelist } from "./relist.ts";
import { measureReplay } from "./replay.ts";
import { measureReports } from "./reports.ts";
import { manyRules, PASSING } from "./rules.ts";
import { measureSteady } from "./steady.ts";
import { measureStreams } from "./streams.ts";
import { type Load, measureBareLoop, measureBridge, type Throughput } from "./throughput.ts";

/** Something to measure: the built program, and beside it the yardstick at the same work. */
export interface Case {
  readonly name: string;
  /** By figure. A bare number is the ratio to the yardstick. */
  readonly aims: Readonly<Record<string, string>>;
  /** The figures of one run, by name. */
  readonly run: () => Promise<object>;
  /** Those that can be compared, under the same names. */
  readonly yardstick?: () => Promise<object>;
}

const FILE = [{ name: "out", type: "file", path: "alerts.jsonl" }];
const MATCHING = { name: "bench", match: { reason: "Bench" }, lifecycle: "transition" };
const NOTHING = { field: "reason", value: "Last" } as const;
const MATCHED = { field: "reason", value: "Bench" } as const;

/** The bare loop needs as long for this many as the bridge for more. */
const FEW = 20_000;

const matched = (events: number): Load => ({
  events,
  make: (index) => kubeletEvent(index, { reason: "Bench", objects: 1000 }),
  wants: MATCHED,
});

const unmatched = (events: number): Load => ({
  events,
  make: (index) => kubeletEvent(index, { reason: "NothingWantsThis", objects: 1000 }),
  wants: NOTHING,
});

/** Each object has a problem, and its end ten Events later: every second Event ends an alert before anybody is told. */
const comingAndGoing = (events: number): Load => ({
  events,
  make: (index) => {
    const [pair, isEnd] = [Math.floor(index / 20) * 10 + (index % 10), index % 20 >= 10];
    return {
      ...kubeletEvent(index, { reason: isEnd ? "Mended" : "Bench", objects: events }),
      involvedObject: kubeletEvent(pair, { reason: "", objects: events }).involvedObject,
    };
  },
  wants: MATCHED,
});

/** Of Events that are read and left; the yardstick of work that sends nothing. */
const reading = (): Promise<Throughput> => measureBareLoop(unmatched(200_000));

/** Of Events that are sent one by one. */
const sending = (): Promise<Throughput> => measureBareLoop(matched(FEW));

/** All cases, in the order in which they run; the one that says most comes first. */
export const CASES: readonly Case[] = [
  {
    name: "ordinary mix",
    aims: { cpuUsPerEvent: "≤ 1.2", seenRows: "≤ 10,000" },
    run: measureMix,
    yardstick: () => measureBareLoop(ORDINARY_MIX),
  },
  {
    name: "burst",
    aims: { eventsPerSecond: "≥ 1.1", cpuUsPerEvent: "≤ 1.15" },
    run: () => measureForward(matched(FEW), 1),
    yardstick: sending,
  },
  one("one in a hundred matches", { cpuUsPerEvent: "≤ 1.1" }),
  {
    name: "steady on a real API server",
    aims: { cpuMsPerEvent: "≤ 2.0 ms", p99Ms: "≤ 10 ms" },
    run: () => measureOnRealServer("bridge", 2000, 100),
    yardstick: () => measureOnRealServer("bare loop", 2000, 100),
  },
  {
    name: "unmatched",
    aims: { cpuUsPerEvent: "≤ 1" },
    run: () =>
      measureBridge(unmatched(600_000), {
        configuration: { rules: ["builtin"], sinks: FILE, route: { sinks: ["out"] } },
      }),
    yardstick: reading,
  },
  {
    name: "committed",
    aims: { cpuUsPerEvent: "≤ 0.3" },
    run: () =>
      measureBridge(matched(150_000), {
        configuration: { rules: [MATCHING], sinks: FILE, route: { sinks: ["out"] } },
      }),
    yardstick: sending,
  },
  {
    name: "many ends",
    aims: { cpuUsPerEvent: "≤ 1" },
    run: () =>
      measureBridge(comingAndGoing(60_000), {
        configuration: {
          rules: [
            {
              ...MATCHING,
              identity: ["namespace", "object"],
              resolve: { by: [{ reason: "Mended", same: ["object"] }] },
            },
          ],
          sinks: FILE,
          route: { sinks: ["out"] },
        },
      }),
    yardstick: sending,
  },
  {
    name: "forwarded by 100",
    aims: { eventsPerSecond: "≥ 4" },
    run: () => measureForward(matched(300_000), 100),
    yardstick: sending,
  },
  ...STORE_TYPES.map((type): Case => ({
    name: `records to ${type}`,
    aims: { eventsPerSecond: "≥ 15,000 on two cores" },
    run: () => measureStore(type, matched(200_000)),
    yardstick: sending,
  })),
  backlog("backlog of records", (hook) => ({
    rules: [],
    forward: [{ name: "all", sinks: ["hook"] }],
    sinks: [hook],
  })),
  backlog("backlog of alerts", (hook) => ({
    // Alerts that are not critical would come in digests.
    rules: [{ ...MATCHING, identity: ["object"], severity: "critical" }],
    sinks: [{ ...hook, sendResolved: false }],
    route: { sinks: ["hook"], groupBy: ["..."], groupWait: { critical: "0s", else: "0s" } },
  })),
  {
    name: "relist of 100,000",
    aims: { cpuUsPerEvent: "≤ 1.5", notifications: "0" },
    run: () => measureRelist(100_000),
    yardstick: reading,
  },
  ...[10, 100, 1000, 10_000].map((count): Case => ({
    name: `${count.toLocaleString("en")} rules`,
    aims: { eventsPerSecond: "≥ 80 % of the rate with 10", rssMb: "≤ 60 MB more" },
    run: () => measureBridge(PASSING, { configuration: manyRules(count) }),
    yardstick: () => measureBareLoop(PASSING),
  })),
  {
    name: "100,000 open alerts",
    aims: { moreMb: "≤ 120 MB" },
    run: () => measureOpenAlerts(100_000),
    yardstick: sending,
  },
  {
    name: "replay of a million",
    aims: { seconds: "≤ 10 s" },
    run: () => measureReplay(1_000_000),
    yardstick: async () => ({ seconds: (await reading()).cpuUsPerEvent }),
  },
  {
    name: "2,000 matched a second",
    aims: { loopDelayP99Ms: "< 20 ms" },
    run: () => measureSteady(2000, 15),
    yardstick: async () => ({ cpuPercent: ((await sending()).cpuUsPerEvent * 2000) / 1e4 }),
  },
  {
    name: "latency",
    aims: { p50Ms: "≤ 2 ms", p99Ms: "≤ 10 ms" },
    run: () => measureAlerts(2000, startForAlerts),
    yardstick: () =>
      measureAlerts(2000, (apiUrl, receiverUrl) =>
        startBareLoop({ apiUrl, receiverUrl, wants: "reason=Bench" }),
      ),
  },
  {
    name: "10,000 reports about 100 objects",
    aims: { maxUs: "≤ 1 ms", requests: "≤ 200" },
    run: () => measureReports(10_000, 100),
  },
  {
    name: "10,000 reports about 4,096 objects",
    aims: { maxUs: "≤ 1 ms", heapMb: "≤ 32 MB" },
    run: () => measureReports(10_000, 4096),
  },
  {
    name: "history of 100,000 alerts",
    aims: { cpuUsPerEnd: "≤ 134 µs", bytesPerEnd: "≤ 815 B", searchOfAllMs: "≤ 73 ms" },
    run: () => measureHistory(100_000),
  },
  { name: "messages to chats", aims: { worstCpuMs: "≤ 0.3 ms" }, run: () => measureChats() },
  {
    name: "64 streams at 50 changes a second",
    aims: { moreCpuPercent: "≤ 5 % of a core", moreMb: "≤ 20 MB" },
    run: () => measureStreams(64, 50, 20),
  },
  { name: "memory, idle", aims: { rssMb: "≤ 95 MB" }, run: () => measureMemory(0) },
  {
    name: "memory, 100,000 Events stored",
    aims: { rssMb: "≤ 144 MB", readyMs: "< 2 s" },
    run: () => measureMemory(100_000),
  },
];

function one(name: string, aims: Case["aims"]): Case {
  const load: Load = {
    events: 200_000,
    make: (index) =>
      kubeletEvent(index, { reason: index % 100 === 99 ? "Bench" : "NothingWantsThis", objects: 1000 }),
    wants: MATCHED,
  };
  return { name, aims, run: () => measureForward(load, 1), yardstick: () => measureBareLoop(load) };
}

function backlog(name: string, configurationFor: (sink: object) => object): Case {
  return {
    name,
    aims: { overIdlePercent: "≤ 30 %", restartReadyMs: "< 3 s" },
    run: (): Promise<Backlog> => measureBacklog(100_000, configurationFor),
    yardstick: async () => ({ deliveriesPerSecond: (await sending()).eventsPerSecond }),
  };
}

/** @param size Records in a request. */
async function measureForward(load: Load, size: number): Promise<Throughput> {
  const arrived = new Set<string>();
  await using receiver = await startReceiver((body) => {
    for (const [, id] of body.matchAll(/"version":"1","id":"([^"]+)"/gu))
      if (id !== undefined) arrived.add(id);
  });
  const { field, value } = load.wants;
  let expected = 0;
  for (let index = 0; index < load.events; index++)
    if (Reflect.get(load.make(index), field) === value) expected += 1;
  return await measureBridge(load, {
    configuration: {
      rules: [],
      forward: [{ name: "all", match: { [field]: value }, sinks: ["hook"] }],
      sinks: [{ name: "hook", type: "webhook", url: receiver.url, batch: { size, wait: "20ms" } }],
    },
    isDone: () => arrived.size >= expected,
  });
}

async function measureAlerts(
  events: number,
  start: (apiUrl: string, receiverUrl: string) => Promise<{ readonly pid: number } & AsyncDisposable>,
): Promise<Latency> {
  await using api = await startEventsApi({ clock: systemClock });
  return await measureLatency({
    events,
    perSecond: 100,
    create: async (index) => void api.create(createdEvent(index, { reason: "Bench", objects: events })),
    start: (receiverUrl) => start(api.url, receiverUrl),
  });
}

/** Each Event is an alert of its own, without group wait. */
function startForAlerts(apiUrl: string, receiverUrl: string): ReturnType<typeof startBridge> {
  return startBridge(apiUrl, {
    // Alerts that are not critical would come in digests.
    rules: [{ ...MATCHING, identity: ["object"], lifecycle: "point", severity: "critical" }],
    sinks: [{ name: "hook", type: "webhook", url: receiverUrl }],
    route: { sinks: ["hook"], groupBy: ["..."], groupWait: "0s" },
  });
}
