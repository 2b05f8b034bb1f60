import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe } from "vitest";

import { freePort } from "./free-port.ts";
import { until } from "./until.ts";

const run = promisify(execFile);

/** A PostgreSQL server of ours, on loopback and a socket, which everybody may use as its only user. */
export interface PostgresServer {
  /** `postgres://postgres@127.0.0.1:port/postgres`. */
  readonly url: string;
  /** The folder of its data; the socket lies beside it. */
  readonly data: string;
  /** `pg_ctl` on this server: `stop -m immediate`, `restart`, … */
  control(...words: readonly string[]): Promise<void>;
  /** Ends it, and removes all of it. */
  stop(): Promise<void>;
}

/** Debian keeps the programs of each version in a folder of its own. */
const DEBIAN = "/usr/lib/postgresql";

/** PostgreSQL refuses to run as root, so root lends it this user, which the package creates. */
const USER = "postgres";

/** Where Debian's package has the server; undefined without it. */
function programs(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const folders = readdirSync(DEBIAN).map((version) => join(DEBIAN, version, "bin"));
  return folders.findLast((folder) => existsSync(join(folder, "initdb")));
}

/** Starts a server. @param fsync Whether it waits for the disk; off where nothing pulls the plug. */
export async function startPostgres({ fsync }: { readonly fsync: boolean }): Promise<PostgresServer> {
  const bin = programs();
  if (bin === undefined) throw new Error("there is no PostgreSQL (apt-get install postgresql)");
  // Not below TMPDIR: the folder of the tests belongs to their user alone.
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : "/tmp", "tocsin-postgres-"));
  if (process.getuid?.() === 0) execFileSync("chown", [USER, folder]);
  const data = join(folder, "data");
  const port = await freePort();
  const control = async (...words: readonly string[]): Promise<void> => {
    const settings = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=${fsync ? "on" : "off"} -c max_connections=300`;
    const log = join(folder, "log");
    await asUser(join(bin, "pg_ctl"), ["-D", data, "-w", "-l", log, "-o", settings, ...words], folder);
  };
  await asUser(
    join(bin, "initdb"),
    ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    folder,
  );
  await control("start");
  return {
    url: `postgres://${USER}@127.0.0.1:${port}/postgres`,
    data,
    control,
    stop: async () => {
      await control("stop", "-m", "immediate").catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function asUser(program: string, args: readonly string[], cwd: string): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const lent = ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups", program, ...args];
  const [command = "", ...words] = isRoot ? lent : [program, ...args];
  await run(command, words, { cwd });
}

/** The server that all unit tests of one run share; the first that asks starts it. */
export async function sharedPostgres(): Promise<Pick<PostgresServer, "url">> {
  const folder = join(tmpdir(), "postgres");
  const known = join(folder, "server.json");
  if (mkdirSync(folder, { recursive: true }) !== undefined) {
    const server = await startPostgres({ fsync: false });
    const { url, data } = server;
    writeFileSync(`${known}.new`, JSON.stringify({ url, data }));
    renameSync(`${known}.new`, known);
    return server;
  }
  await until(() => existsSync(known));
  // Written above.
  return JSON.parse(readFileSync(known, "utf8")) as Pick<PostgresServer, "url">;
}

/** Describes tests that need PostgreSQL. Where it is missing they are left out, but not where everything is checked. */
export function describeOnPostgres(name: string, tests: () => void): void {
  const isMissing = programs() === undefined;
  const isDemanded = process.env["CI"] === "true";
  if (isMissing && !isDemanded) {
    console.warn(`left out without PostgreSQL (apt-get install postgresql): ${name}`);
  }
  describe.skipIf(isMissing && !isDemanded)(name, () => {
    tests();
  });
}
