// npm run bench [-- case…]: throughput, latency and memory of the built program, each case a few times, medians printed
// and everything written to bench/results/. Builds first. Nothing here asserts a time: machines differ.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

import { measureBacklog } from "./backlog.ts";
import { kubeletEvent } from "./events.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import { measureOpenAlerts } from "./open-alerts.ts";
import { startReceiver } from "./receiver.ts";
import { measureRelist } from "./relist.ts";
import { measureReplay } from "./replay.ts";
import { measureReports } from "./reports.ts";
import { measureRules } from "./rules.ts";
import { measureSteady } from "./steady.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";

const RUNS = Number(process.env["RUNS"] ?? 3);

const MATCHING = [{ name: "bench", match: { reason: "Bench" }, lifecycle: "transition" }];
const FILE = [{ name: "out", type: "file", path: "alerts.jsonl" }];

/** Each case answers its figures for one run; the first name is what is compared with the aim. */
const CASES: Readonly<Record<string, { readonly aim: string; readonly run: () => Promise<object> }>> = {
  unmatched: {
    aim: "≥ 100,000 events/s at ≤ 10 µs",
    run: () =>
      measureThroughput({
        events: 600_000,
        make: (index) => kubeletEvent(index, { reason: "NothingWantsThis", objects: 1000 }),
        configuration: { rules: ["builtin"], sinks: FILE, route: { sinks: ["out"] } },
        done: (bridge) => bridge.metric("tocsin_events_total"),
      }),
  },
  committed: {
    aim: "≥ 15,000 events/s",
    run: () =>
      measureThroughput({
        events: 150_000,
        make: (index) => kubeletEvent(index, { reason: "Bench", objects: 1000 }),
        configuration: { rules: MATCHING, sinks: FILE, route: { sinks: ["out"] } },
        done: (bridge) => bridge.metric("tocsin_events_total"),
      }),
  },
  "forwarded one by one": { aim: "≥ 7,000 events/s", run: () => measureForward(60_000, 1) },
  "forwarded by 100": { aim: "≥ 30,000 events/s", run: () => measureForward(300_000, 100) },
  "backlog of records": {
    aim: "≤ 30 % over idle, ready in < 3 s, ≥ 2,000 deliveries/s",
    run: () =>
      measureBacklog(100_000, (hook) => ({
        rules: [],
        forward: [{ name: "all", sinks: ["hook"] }],
        sinks: [hook],
      })),
  },
  "backlog of alerts": {
    aim: "ready in < 3 s, ≥ 2,000 deliveries/s",
    run: () =>
      measureBacklog(100_000, (hook) => ({
        // What is not critical would come in digests.
        rules: [{ ...MATCHING[0], identity: ["object"], severity: "critical" }],
        sinks: [{ ...hook, sendResolved: false }],
        route: { sinks: ["hook"], groupBy: ["..."], groupWait: { critical: "0s", else: "0s" } },
      })),
  },
  relist: { aim: "< 3 s of CPU for 100,000 Events, no message", run: () => measureRelist(100_000) },
  "10 rules": { aim: "what more rules are compared with", run: () => measureRules(10) },
  "100 rules": { aim: "≥ 80 % of the rate with 10", run: () => measureRules(100) },
  "1,000 rules": { aim: "≥ 80 % of the rate with 10", run: () => measureRules(1000) },
  "10,000 rules": { aim: "≥ 80 % of the rate with 10", run: () => measureRules(10_000) },
  "100,000 open alerts": {
    aim: "≤ 250 MB more, timers ≤ 10 µs an Event",
    run: () => measureOpenAlerts(100_000),
  },
  replay: { aim: "a million Events in < 20 s", run: () => measureReplay(1_000_000) },
  "2,000 matched a second": { aim: "event loop p99 < 20 ms", run: () => measureSteady(2000, 15) },
  latency: { aim: "p50 ≤ 2 ms, p99 ≤ 10 ms after the acknowledgement", run: () => measureLatency(2000, 100) },
  "10,000 reports about 100 objects": {
    aim: "no call over 1 ms, no more than two requests an object",
    run: () => measureReports(10_000, 100),
  },
  "10,000 reports about 4,096 objects": {
    aim: "no call over 1 ms, ≤ 32 MB",
    run: () => measureReports(10_000, 4096),
  },
  "memory, empty": { aim: "≤ 100 MB", run: () => measureMemory(0) },
  "memory, 100,000 Events stored": {
    aim: "≤ 10 % above empty, live in < 2 s",
    run: () => measureMemory(100_000),
  },
};

async function measureForward(events: number, size: number): Promise<Throughput> {
  const seen = new Set<string>();
  await using receiver = await startReceiver((body) => {
    for (const [, id] of body.matchAll(/"version":"1","id":"([^"]+)"/gu)) if (id !== undefined) seen.add(id);
  });
  return await measureThroughput({
    events,
    make: (index) => kubeletEvent(index, { reason: "Bench", objects: 1000 }),
    configuration: {
      rules: [],
      forward: [{ name: "all", sinks: ["hook"] }],
      sinks: [{ name: "hook", type: "webhook", url: receiver.url, batch: { size, wait: "20ms" } }],
    },
    done: () => seen.size,
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Field by field over the runs. */
function medians(runs: readonly object[]): Readonly<Record<string, number>> {
  const fields = Object.keys(runs[0] ?? {});
  return Object.fromEntries(
    fields.map((field) => [field, median(runs.map((run) => Number(Reflect.get(run, field))))]),
  );
}

function shown(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([field, value]) => `${field} ${value.toLocaleString("en", { maximumFractionDigits: 2 })}`)
    .join(", ");
}

const wanted = process.argv.slice(2);
const built = spawnSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
if (built.status !== 0) process.exit(1);
const results: Record<string, { aim: string; median: object; runs: readonly object[] }> = {};
for (const [name, { aim, run }] of Object.entries(CASES)) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  const runs: object[] = [];
  for (let round = 0; round < RUNS; round++) {
    process.stderr.write(`${name}: run ${round + 1} of ${RUNS}\n`);
    runs.push(await run());
  }
  const figures = medians(runs);
  results[name] = { aim, median: figures, runs };
  console.log(`${name}: ${shown(figures)}   (aim: ${aim})`);
}
mkdirSync(new URL("results/", import.meta.url), { recursive: true });
const file = new URL(`results/${new Date().toISOString().replaceAll(":", "-")}.json`, import.meta.url);
const machine = { node: process.version, cpus: cpus().map((cpu) => cpu.model) };
writeFileSync(file, `${JSON.stringify({ machine, results }, null, 2)}\n`);
console.log(`written to ${file.pathname}`);
