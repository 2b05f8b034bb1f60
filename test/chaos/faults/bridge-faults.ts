import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

import { copyState } from "../../support/copy-state.ts";
import { configurationOf } from "../configuration.ts";
import { DISK_FULL } from "../fail-points.ts";
import { BOTH, type Fault, type World } from "../world.ts";

/** An hour would do the same, but what was due in it would come an hour of the story late: too long for a run. */
const JUMP_MS = 600_000;

/** How long a bridge that is dead stays so. */
const DOWN_MS = 150;

/** Time for a life to leave its copy behind. */
const AFTER_COPY_MS = 500;

async function again(world: World, failPoint = ""): Promise<void> {
  world.inspect();
  await sleep(DOWN_MS);
  await world.bridge.start(failPoint);
}

/** Makes the daily copy of the state, lets a life go on from there, and ends it. */
async function goOnFromCopy(world: World): Promise<void> {
  await copyState(world.stateFile, world.story.now());
  await world.bridge.start();
  await sleep(AFTER_COPY_MS);
  await world.bridge.kill();
}

/** Lets a life end itself at a commit. */
function failsAt(name: string, rows: readonly number[]): Fault {
  return {
    name,
    rows,
    track: "bridge",
    beds: BOTH,
    mostMs: 2500,
    inject: async (world, { ms, variant }) => {
      await world.bridge.kill();
      // The first commits of a life are the largest: all that was written meanwhile.
      const commit = 1 + (variant % (variant % 2 === 0 ? 6 : 60));
      await again(world, `${name}:${commit}`);
      if (!(await world.bridge.died(ms))) await world.bridge.kill();
      await again(world);
    },
  };
}

/** Faults of the process of the bridge, of its files and of its clock. */
export const BRIDGE_FAULTS: readonly Fault[] = [
  {
    name: "kill",
    rows: [1],
    track: "bridge",
    beds: BOTH,
    mostMs: 0,
    inject: async (world) => {
      await world.bridge.kill();
      await again(world);
    },
  },
  failsAt("before-commit", [1]),
  failsAt("after-commit", [1]),
  failsAt("after-position", [1]),
  {
    name: "kill-after-send",
    rows: [1],
    track: "bridge",
    beds: BOTH,
    mostMs: 2000,
    inject: async (world, { ms, variant }) => {
      const sink = ["ledger", "mirror", "alerts"][variant % 3] ?? "ledger";
      const killed = Promise.withResolvers<void>();
      world.receivers.onNext(sink, async () => {
        await world.bridge.kill();
        killed.resolve();
      });
      await Promise.race([killed.promise, sleep(ms)]);
      world.receivers.onNext(sink, () => Promise.resolve());
      if (world.bridge.isAlive) await world.bridge.kill();
      await again(world);
    },
  },
  {
    name: "term",
    rows: [2],
    track: "bridge",
    beds: BOTH,
    mostMs: 0,
    inject: async (world) => {
      await world.bridge.stop();
      await again(world);
    },
  },
  {
    name: "pause",
    rows: [14],
    track: "bridge",
    beds: BOTH,
    mostMs: 3000,
    inject: ({ bridge }, { ms }) => bridge.pause(ms),
  },
  {
    name: "disk-full",
    rows: [19],
    track: "bridge",
    beds: BOTH,
    mostMs: 3000,
    inject: async ({ bridge }, { ms }) => {
      const file = join(bridge.process.directory, DISK_FULL);
      writeFileSync(file, "");
      bridge.mayEnd = true;
      await sleep(ms);
      rmSync(file);
      bridge.mayEnd = false;
    },
  },
  {
    name: "torn-log",
    rows: [21],
    track: "bridge",
    beds: BOTH,
    mostMs: 0,
    inject: async (world, { variant }) => {
      await world.bridge.kill();
      // A page that was half written when the power failed.
      appendFileSync(`${world.stateFile}-wal`, Buffer.alloc(variant * 9 + 1, variant));
      await again(world);
    },
  },
  {
    name: "damaged-file",
    rows: [20],
    track: "bridge",
    beds: BOTH,
    mostMs: 0,
    losesHistory: true,
    inject: async (world, { variant }) => {
      await world.bridge.kill();
      world.inspect();
      const hasCopy = variant % 2 === 0;
      if (hasCopy) await goOnFromCopy(world);
      world.bridge.mark("damage");
      writeFileSync(world.stateFile, Buffer.alloc(20_000, "damage"));
      rmSync(`${world.stateFile}-wal`, { force: true });
      await again(world);
      await world.bridge.listens();
      const isUsed = world.bridge.process.log.includes("its last copy is the state now");
      if (hasCopy && !isUsed) world.complain("the copy of the damaged state was not used");
    },
  },
  {
    name: "locked-file",
    rows: [22],
    track: "bridge",
    beds: BOTH,
    mostMs: 600,
    inject: async (world, { ms }) => {
      await world.bridge.kill();
      world.inspect();
      using other = new DatabaseSync(world.stateFile);
      const isLocked = lock(other);
      await world.bridge.start();
      await sleep(ms);
      if (isLocked) other.exec("ROLLBACK");
    },
  },
  {
    name: "second-bridge",
    rows: [22],
    track: "bridge",
    beds: BOTH,
    mostMs: 0,
    inject: async (world) => {
      const status = await Promise.race([world.bridge.process.rival(), sleep(10_000)]);
      if (typeof status !== "number" || status === 0) {
        world.complain(`row 22: a second bridge on the same file ended with ${String(status)}`);
      }
      if (!world.bridge.isAlive) world.complain("row 22: a second bridge ended the first one");
    },
  },
  {
    name: "clock-jump",
    rows: [30],
    track: "bridge",
    beds: BOTH,
    mostMs: 4000,
    inject: async ({ bridge }, { ms, variant }) => {
      const file = join(bridge.process.directory, "clock-offset");
      writeFileSync(file, String(variant % 2 === 0 ? JUMP_MS : -JUMP_MS));
      await sleep(ms);
      rmSync(file);
    },
  },
  {
    name: "reload",
    rows: [36],
    track: "bridge",
    beds: BOTH,
    mostMs: 1500,
    inject: async (world, { ms, variant }) => {
      const { process } = world.bridge;
      const good = configurationOf(world.schedule, world.receivers.url);
      // A start finds the configuration that is there, and ends with a bad one.
      await world.bridge.listens();
      // Every other one is no configuration at all.
      if (variant % 2 === 0) process.write("tocsin.yaml", "sinks: [");
      else process.write("tocsin.yaml", { ...good, log: { level: "info", format: "json" }, silences: [] });
      world.bridge.signal("SIGHUP");
      await sleep(ms);
      process.write("tocsin.yaml", good);
      await world.bridge.listens();
      world.bridge.signal("SIGHUP");
    },
  },
];

/** Whether it could be locked: a file that another fault has damaged just before cannot. */
function lock(database: DatabaseSync): boolean {
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE");
    return true;
  } catch (error) {
    // SQLITE_NOTADB, https://sqlite.org/rescode.html#notadb
    if ((error as { readonly errcode?: number }).errcode === 26) return false;
    throw error;
  }
}
