import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { splitKey } from "../../src/lib/joined-key.ts";

/** The state file of a dead bridge. */
export interface StateFile {
  readonly positions: readonly { readonly epoch: number; readonly resourceVersion: string }[];
  /** By `namespace/name`, of the newest epoch. */
  readonly seen: ReadonlyMap<string, { readonly resourceVersion: string; readonly count: number }>;
  /** Records that wait, by sink. */
  readonly waiting: readonly LeftRow[];
  readonly dead: readonly LeftRow[];
  /** Notifications that wait or are being sent. */
  readonly openDeliveries: number;
}

/** A record or notification that has not been delivered. */
export interface LeftRow {
  readonly sink: string;
  readonly id: string;
  /** JSON. */
  readonly body: string;
}

/**
 * Reads a copy, so that the file stays as it was left. Only of a dead bridge: a living one has it locked.
 * Undefined when there is no file yet.
 */
export function readStateFile(path: string): StateFile | undefined {
  if (!existsSync(path)) return undefined;
  const directory = mkdtempSync(join(tmpdir(), "tocsin-chaos-state-"));
  const copy = join(directory, "state.db");
  try {
    for (const suffix of ["", "-wal"]) {
      if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
    }
    const database = new DatabaseSync(copy);
    try {
      return read(database);
    } finally {
      database.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function read(database: DatabaseSync): StateFile {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- each statement names the columns of its rows
  const all = <Row>(sql: string): readonly Row[] => database.prepare(sql).all() as unknown as readonly Row[];
  const tables = all<{ name: string }>("SELECT name FROM sqlite_master WHERE name = 'seen'");
  if (tables.length === 0)
    return { positions: [], seen: new Map(), waiting: [], dead: [], openDeliveries: 0 };
  const seen = all<{ lineage: string; resourceVersion: string; count: number }>(
    "SELECT head || tail AS lineage, resource_version AS resourceVersion, count FROM seen",
  );
  return {
    positions: all("SELECT epoch, resource_version AS resourceVersion FROM position"),
    seen: new Map(seen.map((row) => [splitKey(row.lineage).slice(-2).join("/"), row])),
    waiting: all("SELECT sink, id, body FROM record"),
    dead: [
      ...all<LeftRow>("SELECT sink, id, body FROM dead_record"),
      ...all<LeftRow>("SELECT sink, id, notification AS body FROM delivery WHERE state = 'dead'"),
    ],
    openDeliveries: all("SELECT id FROM delivery WHERE ended_at IS NULL").length,
  };
}
