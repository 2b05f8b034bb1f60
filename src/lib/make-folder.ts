import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, as far as they are missing. `mkdir` of Node with `recursive` never returns where a
 * file system that takes no folders answers ENOENT, as /proc does.
 *
 * @param folder Absolute.
 * @throws {Error} of the system, for the first folder that cannot be made.
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let each = folder; !isFolder(each) && each !== dirname(each); each = dirname(each)) missing.push(each);
  for (const each of missing.toReversed()) makeOne(each);
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Somebody else has made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
