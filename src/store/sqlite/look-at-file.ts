import { constants, existsSync, rmSync } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";

import { errorText, TocsinError } from "../../lib/errors.ts";
import { tryPath } from "../../lib/try-path.ts";
import { copyTimeOf } from "./beside.ts";
import { readDamageMark } from "./damage-mark.ts";
import { APPLICATION_ID } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { storageFault } from "./storage-fault.ts";

/** https://sqlite.org/fileformat2.html#the_database_header */
const HEADER = { bytes: 100, magic: "SQLite format 3\0", userVersion: 60, applicationId: 68 } as const;

/** The facts about a state file that a look from outside gives. */
export interface StateFileLook {
  /** `absent`: a start will make it · `in-use`: a process works on it · `free`: no process does. */
  readonly state: "absent" | "in-use" | "free";
  /** Size of the file and its log. */
  readonly bytes: number;
  /** The folder of the file, or the nearest parent folder that exists. */
  readonly folder: string;
  /** When the copy beside it was made, epoch milliseconds; undefined without one. */
  readonly copiedAt: number | undefined;
  /** The damage that a running process has found in it; undefined for none. */
  readonly damage: string | undefined;
}

/**
 * Looks at a state file without changing it, also while a bridge works on it. The process that has the file open must
 * not call this: the system drops the locks of a process on a file when it closes any descriptor of it.
 *
 * @throws {TocsinError} ERR_STORE when a start could not open the file.
 */
export async function lookAtStateFile(path: string): Promise<StateFileLook> {
  try {
    const { exists, folder } = await tryPath(path);
    const beside = { folder, copiedAt: copyTimeOf(path), damage: readDamageMark(path) };
    if (!exists) return { ...beside, state: "absent", bytes: 0 };
    // SQLite writes the log beside the file.
    await access(folder, constants.W_OK);
    const log = await stat(`${path}-wal`).catch(() => undefined);
    const bytes = (await stat(path)).size + (log?.size ?? 0);
    // While a process works on the file, a log always exists.
    if (log !== undefined && log.size > 0 && isLocked(path)) return { ...beside, state: "in-use", bytes };
    if (bytes > 0) await checkHeader(path);
    return { ...beside, state: "free", bytes };
  } catch (cause) {
    if (cause instanceof TocsinError) throw cause;
    throw new TocsinError("ERR_STORE", `state file ${path} cannot be written: ${errorText(cause)}`, {
      cause,
    });
  }
}

/** Whether a process has the lock. Reads one number, which needs the lock and changes neither file nor log. */
function isLocked(path: string): boolean {
  const shared = `${path}-shm`;
  const wasThere = existsSync(shared);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    database.prepare("PRAGMA user_version").get();
    return false;
  } catch (error) {
    const fault = storageFault(error);
    if (fault === "busy") return true;
    if (fault === "damaged") throw notOurs(path);
    throw error;
  } finally {
    database?.close();
    // A bridge makes no such file. One of this look, left behind, would hinder other users.
    if (!wasThere) rmSync(shared, { force: true });
  }
}

async function checkHeader(path: string): Promise<void> {
  await using handle = await open(path, "r");
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER.bytes), 0, HEADER.bytes, 0);
  if (bytesRead === 0) return;
  if (buffer.toString("latin1", 0, HEADER.magic.length) !== HEADER.magic) throw notOurs(path);
  const version = buffer.readUInt32BE(HEADER.userVersion);
  if (version !== 0 && buffer.readUInt32BE(HEADER.applicationId) !== APPLICATION_ID) {
    throw new TocsinError("ERR_STORE", `state file ${path} is an SQLite database of another program`);
  }
  if (version > MIGRATIONS.length) {
    throw new TocsinError(
      "ERR_STORE",
      `state file ${path} has schema version ${version}, this tocsin knows up to ${MIGRATIONS.length} (run the newer tocsin, or set another state.path)`,
    );
  }
}

function notOurs(path: string): TocsinError {
  return new TocsinError("ERR_STORE", `state file ${path} is not an SQLite database`);
}
