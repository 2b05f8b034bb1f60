import { rmSync, statSync } from "node:fs";

/** The files that lie beside a state file. */
export interface Beside {
  /** The daily copy: a whole SQLite file without a log. */
  readonly copy: string;
  /** A copy that is being made; of no use after its process has died. */
  readonly unfinishedCopy: string;
  /** A copy that becomes the state file; of no use after its process has died. */
  readonly restored: string;
  /** Says that a running process has found the state file damaged. */
  readonly damageMark: string;
}

/** The names of the files beside a state file. */
export function besideOf(path: string): Beside {
  return {
    copy: `${path}.copy`,
    unfinishedCopy: `${path}.copy-unfinished`,
    restored: `${path}.restored`,
    damageMark: `${path}.damage`,
  };
}

/** When the copy beside a state file was made, epoch milliseconds; undefined without one. */
export function copyTimeOf(path: string): number | undefined {
  const copy = statSync(besideOf(path).copy, { throwIfNoEntry: false });
  return copy === undefined ? undefined : Math.round(copy.mtimeMs);
}

/** Removes a database file with what SQLite may have left beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of ["", "-wal", "-journal", "-shm"]) rmSync(path + suffix, { force: true });
}
