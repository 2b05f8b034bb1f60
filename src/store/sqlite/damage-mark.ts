import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";

import { besideOf } from "./beside.ts";

/** The inode is the one of the damaged file, so that a sound file in its place is not taken for it. */
interface DamageMark {
  readonly inode: string;
  readonly reason: string;
}

/**
 * Records beside a state file that it is damaged. Some damage, such as an index that lacks a row, shows only where a
 * statement meets it, and not to the check of a start.
 */
export function writeDamageMark(path: string, reason: string): void {
  try {
    const mark: DamageMark = { inode: inodeOf(path), reason };
    writeFileSync(besideOf(path).damageMark, JSON.stringify(mark), { mode: 0o600 });
  } catch {
    // The disk may be the cause of the damage. Then the check of the next start is all that is left.
  }
}

/** The damage that an earlier process has found in this very file; undefined for none. */
export function readDamageMark(path: string): string | undefined {
  try {
    const { inode, reason } = JSON.parse(
      readFileSync(besideOf(path).damageMark, "utf8"),
    ) as Partial<DamageMark>; // Written by `writeDamageMark`; every field is looked at.
    return inode === inodeOf(path) && typeof reason === "string" ? reason : undefined;
  } catch {
    return undefined;
  }
}

/** The damaged file is not there any more. */
export function removeDamageMark(path: string): void {
  rmSync(besideOf(path).damageMark, { force: true });
}

function inodeOf(path: string): string {
  return String(statSync(path, { bigint: true }).ino);
}
