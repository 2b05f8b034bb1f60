import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { NO_CHANGES } from "../src/alert/index.ts";
import { systemClock } from "../src/lib/clock.ts";
import { silentLogger } from "../src/lib/log.ts";
import { openSqliteStore } from "../src/store/index.ts";
import { makeEnded } from "../test/support/make-ended.ts";
import { makeObject } from "../test/support/notifications.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Ends of one commit. */
const BATCH = 100;

/** The cost of a history of so many alerts: what each takes, and what looks at it take, with the CPU of this process. */
export async function measureHistory(count: number): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), "tocsin-history-"));
  const path = join(folder, "tocsin.db");
  const host = await openSqliteStore({ path, clock: systemClock, log: silentLogger });
  const { store } = await host.hold("engine/0", new AbortController().signal);
  const { queries } = host;
  const emptyBytes = await queries.usedBytes();
  // A month of them.
  const [start, step] = [Date.now() - 30 * DAY_MS, (30 * DAY_MS) / count];
  const writing = await cpuMsOf(async () => {
    for (let from = 0; from < count; from += BATCH) {
      const ended = Array.from({ length: BATCH }, (_, index) =>
        endedAt(from + index, start + (from + index) * step),
      );
      const activity = Array.from({ length: 5 }, (_, index) => ({
        bucket: Math.floor((start + from * step) / (30 * MINUTE_MS)) * 30 * MINUTE_MS,
        rule: `rule-${(from + index) % 60}`,
        severity: "warning" as const,
        opened: 3,
        occurrences: 30,
      }));
      // oxlint-disable-next-line no-await-in-loop -- one commit after the other is what is measured
      await store.commit({ ...NO_CHANGES, ended, activity });
    }
  });
  const usedBytes = await queries.usedBytes();
  const page = (text?: string, rule?: string) => (): Promise<unknown> =>
    queries.history({ since: 0, limit: 100, text, rule });
  const figures = {
    cpuUsPerEnd: (writing * 1000) / count,
    bytesPerEnd: (usedBytes - emptyBytes) / count,
    pageMs: await medianMs(page()),
    pageOfRuleMs: await medianMs(page(undefined, "rule-7")),
    searchOfAllMs: await medianMs(page("no alert has this")),
    stripOfWeekMs: await medianMs(() =>
      queries.activity({ from: Date.now() - 7 * DAY_MS, stepMs: 30 * MINUTE_MS, steps: 336 }),
    ),
    trimMs: await medianMs(() => store.trim(Date.now())),
    fileMb: statSync(path).size / 2 ** 20,
  };
  await host.close();
  rmSync(folder, { recursive: true });
  return figures;
}

/** Like real ones: names and times differ, words repeat. */
function endedAt(index: number, resolvedAt: number): ReturnType<typeof makeEnded> {
  const [namespace, workload] = [`team-${index % 40}`, `service-${index % 900}`];
  const name = `${workload}-${(index * 2_654_435_761).toString(36).slice(0, 9)}-x${index % 97}`;
  const text = `Back-off restarting failed container app in pod ${name}_${namespace}`;
  const objects = [makeObject({ namespace, name, message: text })];
  const labels = {
    rule: `rule-${index % 60}`,
    severity: "warning",
    cluster: "prod-eu1",
    namespace,
    kind: "Pod",
    name,
  };
  const more = {
    workload: `Deployment/${workload}`,
    reason: "BackOff",
    type: "Warning",
    component: "kubelet",
  };
  const place = { container: "app", node: `node-${index % 300}` };
  const alert = {
    fingerprint: `${(index % 5000).toString(16)}e5f1c2ab09d3e4f6a7b8`,
    rule: labels.rule,
    labels: { ...labels, ...more, ...place },
    title: `A container keeps crashing: Deployment ${workload} in ${namespace}`,
    text,
    objects,
    occurrences: index % 50,
  };
  return makeEnded(`0197304f-5a00-7c31-a1b2-${String(index).padStart(12, "0")}`, { resolvedAt, alert });
}

async function cpuMsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function medianMs(ask: () => Promise<unknown>, rounds = 5): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- each is measured alone
    await ask();
    times.push(performance.now() - before);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}
