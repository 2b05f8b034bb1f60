import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { silentLogger } from "../../../src/lib/log.ts";
import { lookAtStateFile, openSqliteStore, type StateDamage } from "../../../src/store/index.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const COMMITTER = fileURLToPath(new URL("committer.ts", import.meta.url));

let directory = "";
let path = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tocsin-look-"));
  path = join(directory, "tocsin.db");
});
afterEach(() => rm(directory, { recursive: true }));

/** A process that has committed to the file and holds it. */
async function holding(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [COMMITTER, path], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Every file with its content. */
async function files(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(directory)).toSorted();
  const contents = names.map(
    async (name) => [name, await readFile(join(directory, name), "base64")] as const,
  );
  return new Map(await Promise.all(contents));
}

async function openAndClose(): Promise<void> {
  const onDamage = ({ reason }: StateDamage): void => {
    throw new Error(reason);
  };
  const store = await openSqliteStore({ path, clock: new FakeClock(), log: silentLogger, onDamage });
  await store.close();
}

describe("a look at the state file", () => {
  it("says that it is not there and where it would be, and makes nothing", async () => {
    path = join(directory, "deep", "er", "tocsin.db");
    expect(await lookAtStateFile(path)).toEqual({ state: "absent", bytes: 0, folder: directory });
    expect(await readdir(directory)).toEqual([]);
  });

  it("says that a process works on it, and does not disturb that", async () => {
    const child = await holding();
    try {
      const before = await files();
      expect(await lookAtStateFile(path)).toMatchObject({ state: "in-use", folder: directory });
      expect(await files()).toEqual(before);
      // The lock holds.
      await expect(openAndClose()).rejects.toThrow("is in use by another process");
    } finally {
      await end(child);
    }
  });

  it("says that nobody works on it after a clean end and after a kill, and changes nothing", async () => {
    await openAndClose();
    const clean = await files();
    expect(await lookAtStateFile(path)).toMatchObject({ state: "free" });
    expect(await files()).toEqual(clean);

    await end(await holding());
    const killed = await files();
    expect([...killed.keys()]).toEqual(["tocsin.db", "tocsin.db-wal"]);
    const look = await lookAtStateFile(path);
    expect(look.state).toBe("free");
    expect(look.bytes).toBeGreaterThan(Buffer.from(killed.get("tocsin.db") ?? "", "base64").length);
    expect(await files()).toEqual(killed);
    // The next start still finds all commits.
    await openAndClose();
  });

  it("takes an empty file for one that is still to be filled", async () => {
    await writeFile(path, "");
    expect(await lookAtStateFile(path)).toEqual({ state: "free", bytes: 0, folder: directory });
  });

  it.each([
    {
      title: "is no SQLite file",
      make: () => writeFile(path, "something else that is quite long".repeat(10)),
      message: "is not an SQLite database",
    },
    {
      title: "belongs to another program",
      make: () => Promise.resolve(execute("CREATE TABLE t (a); PRAGMA user_version = 1")),
      message: "of another program",
    },
    {
      title: "is of a newer version",
      make: async () => {
        await openAndClose();
        execute("PRAGMA user_version = 9999");
      },
      message: "has schema version 9999",
    },
    {
      title: "lies behind a file",
      make: async () => {
        await writeFile(path, "x");
        path = join(path, "tocsin.db");
      },
      message: "cannot be written",
    },
  ])("fails when it $title", async ({ make, message }) => {
    await make();
    await expect(lookAtStateFile(path)).rejects.toThrow(message);
  });

  it.runIf(process.getuid?.() !== 0)("fails where it may not be written", async () => {
    await chmod(directory, 0o500);
    await expect(lookAtStateFile(path)).rejects.toThrow("EACCES");
    await chmod(directory, 0o700);
  });
});

function execute(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}
