import { existsSync, linkSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { besideOf } from "./beside.ts";
import { removeDamageMark } from "./damage-mark.ts";
import { syncToDisk } from "./sync-to-disk.ts";

/** Damaged files that are kept, each with its log or copy. A disk that damages again and again must not fill up. */
const MOST_KEPT = 3;

/** The name that a damaged file gets. @param now Epoch milliseconds. */
export function damagedNameOf(path: string, now: number): string {
  return `${path}.damaged-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/gu, "")}`;
}

/**
 * Moves a damaged file away together with its log, which must not become the log of the next file, and puts a prepared
 * file in its place if there is one. At no moment is there no file: a start would take that for a first one.
 */
export function replaceDamaged(path: string, movedTo: string): void {
  const { restored } = besideOf(path);
  const hasNext = existsSync(restored);
  if (hasNext) keepUnder(path, movedTo);
  else renameSync(path, movedTo);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${movedTo}-wal`);
  if (hasNext) renameSync(restored, path);
  syncToDisk(dirname(path));
  removeDamageMark(path);
  dropOldest(path);
}

/** Gives a file a second name. */
function keepUnder(path: string, name: string): void {
  try {
    linkSync(path, name);
  } catch {
    // A folder, or a file system without links.
    renameSync(path, name);
  }
}

function dropOldest(path: string): void {
  const prefix = `${basename(path)}.damaged-`;
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(prefix));
  const times = [
    ...new Set(names.map((name) => name.slice(prefix.length).split(/[-.]/u)[0] ?? "")),
  ].toSorted();
  const old = new Set(times.slice(0, -MOST_KEPT));
  for (const name of names) {
    const [time = ""] = name.slice(prefix.length).split(/[-.]/u);
    if (old.has(time)) rmSync(join(dirname(path), name), { recursive: true, force: true });
  }
}
