import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Clock } from "../../src/lib/clock.ts";
import { BridgeLife } from "./bridge-life.ts";
import { type ClusterBed, startClusterBed } from "./cluster-bed.ts";
import { configurationOf } from "./configuration.ts";
import { type EmbeddedBed, startEmbeddedBed } from "./embedded-bed.ts";
import { FAULTS } from "./faults/index.ts";
import type { History, Restore } from "./history.ts";
import { findAhead } from "./left-state.ts";
import { judge, type Verdict } from "./oracle.ts";
import { startReceivers } from "./receivers.ts";
import type { FaultAt, Schedule } from "./schedule.ts";
import { readStateFile } from "./state-file.ts";
import { storyClock } from "./story-clock.ts";
import type { World } from "./world.ts";
import { playWrites, type WriteRecord } from "./writer.ts";

/**
 * After the last fault is over and the last Event is written, everything has to arrive within this (I6). Seconds are
 * enough on a quiet machine.
 */
const DRAIN_WITHIN_MS = 180_000;

/** Repeats that should not be show within this after everything has arrived. */
const AFTERGLOW_MS = 300;

/** How much faster than ours the time of the story runs; a real server's own time is not ours to stretch. */
const SPEED = { embedded: 60, cluster: 20 } as const;

/** A bridge that takes more has lost the bound of some queue (I7). */
const MOST_MEMORY_BYTES = 300 * 1024 * 1024;

/** The outcome of one schedule. */
export interface Outcome {
  readonly history: History;
  readonly verdict: Verdict;
  /** I5, I6, I7, and everything else that is not as it should be. */
  readonly problems: readonly string[];
  readonly drainMs: number;
  readonly peakBytes: number;
  /** The log of the bridge, over all its lives. */
  readonly log: string;
}

/** Plays a schedule on a fresh bed and a fresh bridge, heals and drains, and judges. */
export async function runSchedule(schedule: Schedule): Promise<Outcome> {
  const anchor = Date.now();
  const speed = SPEED[schedule.bed];
  const story = storyClock(anchor, speed);
  const startedAt = performance.now();
  const now = (): number => performance.now() - startedAt - leadMs;
  let leadMs = 0;
  await using receivers = await startReceivers(now);
  await using bridge = new BridgeLife({ anchor, speed, now });
  const { directory } = bridge.process;
  await using bed = await startBed(schedule, story, directory);
  bridge.process.write("kubeconfig.yaml", bed.kubeconfig);
  bridge.process.write("tocsin.yaml", configurationOf(schedule, receivers.url));

  const writes: WriteRecord[] = [];
  const problems: string[] = [];
  const restores: Restore[] = [];
  const stateFile = join(directory, "state/tocsin.db");
  const play = (isEarly: boolean): Promise<void> =>
    playWrites(
      { ...schedule, writes: schedule.writes.filter(({ at }) => at < 0 === isEarly) },
      { bed, story, now, record: (record) => writes.push(record) },
    );
  const world: World = {
    schedule,
    bed,
    bridge,
    receivers,
    story,
    now,
    stateFile,
    inspect: () => {
      if (restores.length > 0 || bridge.marks.some(({ what }) => what === "damage")) return;
      const state = readStateFile(stateFile);
      if (state !== undefined) problems.push(...findAhead(state, historyOf([])));
    },
    complain: (problem) => problems.push(problem),
    restored: (restore) => restores.push(restore),
  };
  const historyOf = (dead: History["dead"]): History => ({
    schedule,
    writes,
    receipts: receivers.receipts,
    marks: bridge.marks,
    restores,
    dead,
    lostHistory: losesHistory(schedule),
  });

  await play(true);
  await bridge.start();
  await bridge.ready();
  leadMs = performance.now() - startedAt;
  await Promise.all([play(false), ...tracks(world)]);
  const drainMs = await drain(async () => {
    const { lost, miscounted } = judge(historyOf(receivers.refused));
    return lost.length === 0 && miscounted.length === 0 && (await bridge.waiting()) === 0;
  }, problems);
  const missed = await bridge.missed();
  // Only a history that went back unseen may leave anything to the list that makes sure.
  if (missed > 0 && restores.length === 0) problems.push(`${missed} states were missed by the watch`);
  await bridge.stop();
  const state = readStateFile(stateFile);
  if (state === undefined) problems.push("no state file is left");
  else if (state.waiting.length > 0) problems.push(`I6: ${state.waiting.length} records still wait`);
  else if (state.openDeliveries > 0) problems.push(`I6: ${state.openDeliveries} deliveries still wait`);
  if (bridge.peakBytes > MOST_MEMORY_BYTES) {
    problems.push(`I7: ${Math.round(bridge.peakBytes / 1024 / 1024)} MiB`);
  }
  const history = historyOf(state?.dead ?? []);
  return {
    history,
    verdict: judge(history),
    problems: [...problems, ...bridge.problems],
    drainMs,
    peakBytes: bridge.peakBytes,
    log: bridge.process.log,
  };
}

function startBed(
  { bed, eventTtlMinutes }: Schedule,
  story: Clock,
  directory: string,
): Promise<EmbeddedBed | ClusterBed> {
  if (bed === "cluster") return startClusterBed();
  return startEmbeddedBed({ story, ttlMinutes: eventTtlMinutes, directory });
}

/** Each track plays its faults one after the other. */
function tracks(world: World): readonly Promise<void>[] {
  const kindOf = new Map(FAULTS.map((fault) => [fault.name, fault]));
  const byTrack = Map.groupBy(world.schedule.faults, ({ fault }) => kindOf.get(fault)?.track);
  return [...byTrack.values()].map((faults) => playFaults(world, faults));
}

async function playFaults(world: World, faults: readonly FaultAt[]): Promise<void> {
  for (const at of faults) {
    const wait = at.at - world.now();
    if (wait > 0) await sleep(wait);
    const fault = FAULTS.find(({ name }) => name === at.fault);
    if (fault === undefined) throw new TypeError(`no fault is called ${at.fault}`);
    await fault.inject(world, at);
  }
}

function losesHistory({ faults }: Schedule): boolean {
  const losing = new Set(FAULTS.filter((fault) => fault.losesHistory === true).map(({ name }) => name));
  return faults.some(({ fault }) => losing.has(fault));
}

/** Waits until the receivers have all they should; answers how long it took. */
async function drain(isDone: () => Promise<boolean>, problems: string[]): Promise<number> {
  const startedAt = performance.now();
  const took = (): number => performance.now() - startedAt;
  for (;;) {
    if (await isDone()) break;
    if (took() > DRAIN_WITHIN_MS) {
      problems.push(`I6: not drained after ${DRAIN_WITHIN_MS} ms`);
      break;
    }
    await sleep(100);
  }
  const drainMs = took();
  await sleep(AFTERGLOW_MS);
  return drainMs;
}
