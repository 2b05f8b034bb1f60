import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type FileWatch, watchFiles } from "../../src/config/watch-files.ts";
import { currentHash, hashSecrets, type WatchedFiles } from "../../src/config/watched-files.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { until } from "../support/until.ts";

let dir: string;
let clock: FakeClock;
let calls: number;
/** The files of the last watch that was made. */
let following: WatchedFiles;
let watch: FileWatch | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tocsin-watch-"));
  clock = new FakeClock();
  calls = 0;
});

afterEach(async () => {
  watch?.close();
  expect(clock.pending).toBe(0);
  await rm(dir, { recursive: true });
});

async function start(files: Partial<WatchedFiles>): Promise<void> {
  watch = watchFiles({
    watched: await watched(files),
    clock,
    log: silentLogger,
    changed: () => (calls += 1),
  });
  await settle();
}

async function watched(files: Partial<WatchedFiles>): Promise<WatchedFiles> {
  const known = { files: [], globs: [], secretFiles: [], hash: "", secretsHash: "", ...files };
  following = {
    ...known,
    hash: await currentHash(known),
    secretsHash: await hashSecrets(known.secretFiles),
  };
  return following;
}

/** Lets a look at real files end: it began before, and reads no more than is read here one after the other. */
async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await currentHash(following);
    await hashSecrets(following.secretFiles);
  }
  await clock.advance(0);
}

/** Lets the notices of the system come: it has them ready when a write has ended. */
async function notices(): Promise<void> {
  for (let round = 0; round < 5; round++) await turn();
}

/** Waits for a notice, which starts a second timer beside the poll, and lets it be followed. */
async function noticed(): Promise<void> {
  await until(() => clock.pending === 2);
  await notices();
  await clock.advance(500);
  await settle();
}

/** Waits until a change was told so many times, and demands that it was not more often. */
async function told(times: number): Promise<void> {
  await until(() => calls >= times);
  expect(calls).toBe(times);
}

async function polled(): Promise<void> {
  await clock.advance(30_000);
  await settle();
}

describe("watchFiles", () => {
  it("tells of a changed file half a second after the first notice, once", async () => {
    const file = join(dir, "tocsin.yaml");
    await writeFile(file, "a");
    await start({ files: [file] });
    await writeFile(file, "b");
    await writeFile(file, "c");
    await noticed();
    await told(1);
    await polled();
    await told(1);
  });

  it("tells of a secret that changed while the files were loaded", async () => {
    const secret = join(dir, "key");
    await writeFile(secret, "a");
    await start({ secretFiles: [secret] });
    await writeFile(secret, "b");
    watch?.follow(await watched({ secretFiles: [secret] }));
    await settle();
    await polled();
    await told(1);
  });

  it("says nothing when a file is written again with the same content", async () => {
    const file = join(dir, "tocsin.yaml");
    await writeFile(file, "a");
    await start({ files: [file] });
    await writeFile(file, "a");
    await noticed();
    expect(calls).toBe(0);
  });

  it("sees the kubelet's swap of a symlink, again and again", async () => {
    const swap = async (version: string): Promise<void> => {
      await mkdir(join(dir, version));
      await writeFile(join(dir, version, "tocsin.yaml"), version);
      await symlink(version, join(dir, "..data_tmp"));
      await rename(join(dir, "..data_tmp"), join(dir, "..data"));
    };
    await swap("..2026_1");
    await symlink("..data/tocsin.yaml", join(dir, "tocsin.yaml"));
    await start({ files: [join(dir, "tocsin.yaml")] });
    for (const [index, version] of ["..2026_2", "..2026_3", "..2026_4"].entries()) {
      await swap(version);
      await noticed();
      await told(index + 1);
    }
  });

  it("sees a new rule file that a pattern finds, and no test beside it", async () => {
    await mkdir(join(dir, "rules"));
    await start({ globs: [join(dir, "rules/*.yaml")] });
    await writeFile(join(dir, "rules/a.test.yaml"), "");
    await noticed();
    expect(calls).toBe(0);
    await writeFile(join(dir, "rules/notes.txt"), "");
    await notices();
    expect(clock.pending).toBe(1);
    await writeFile(join(dir, "rules/a.yaml"), "");
    await noticed();
    await told(1);
  });

  it("sees by comparing contents what no notice told, such as a folder that came later", async () => {
    const file = join(dir, "later/tocsin.yaml");
    await start({ files: [file] });
    await mkdir(join(dir, "later"));
    await writeFile(file, "a");
    await clock.advance(29_000);
    await polled();
    await told(1);
  });

  it("notices a change between the load and the start of the watch", async () => {
    const file = join(dir, "tocsin.yaml");
    await writeFile(file, "a");
    const loaded = await watched({ files: [file] });
    await writeFile(file, "b");
    watch = watchFiles({ watched: loaded, clock, log: silentLogger, changed: () => (calls += 1) });
    await settle();
    await told(1);
  });

  it("says nothing of what it followed before, when it looks late", async () => {
    const [first, second] = [
      await watched({ files: [join(dir, "a")] }),
      await watched({ files: [join(dir, "b")] }),
    ];
    watch = watchFiles({ watched: first, clock, log: silentLogger, changed: () => (calls += 1) });
    watch.follow(second);
    await settle();
    expect(calls).toBe(0);
  });

  it("is not kept busy by a database in the same folder", async () => {
    const file = join(dir, "tocsin.yaml");
    await writeFile(file, "a");
    await start({ files: [file] });
    await writeFile(join(dir, "tocsin.db-wal"), "x");
    await notices();
    expect(clock.pending).toBe(1);
  });

  it("tells of a rotated secret", async () => {
    const file = join(dir, "slack-url");
    await writeFile(file, "one");
    await start({ secretFiles: [file] });
    expect(calls).toBe(0);
    await writeFile(file, "two");
    await noticed();
    await told(1);
  });

  it("tells of a secret that changed before the first look", async () => {
    const file = join(dir, "slack-url");
    await writeFile(file, "one");
    const loaded = await watched({ secretFiles: [file] });
    await writeFile(file, "two");
    watch = watchFiles({ watched: loaded, clock, log: silentLogger, changed: () => (calls += 1) });
    await settle();
    await told(1);
  });

  it("watches other files after another configuration was loaded", async () => {
    const [first, second] = [join(dir, "a.yaml"), join(dir, "b.yaml")];
    await writeFile(first, "");
    await writeFile(second, "");
    await start({ files: [first] });
    watch?.follow(await watched({ files: [second] }));
    await settle();
    await writeFile(first, "changed");
    await notices();
    expect(clock.pending).toBe(1);
    await writeFile(second, "changed");
    await noticed();
    await told(1);
  });
});
