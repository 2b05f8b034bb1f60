import { access, constants, open, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** The state of a path before anything is written there. */
export interface TriedPath {
  readonly exists: boolean;
  /** The folder of the file; for a missing file, its nearest existing folder. */
  readonly folder: string;
}

/**
 * Tests whether a file could be written at this path, with missing folders on the way; creates nothing.
 *
 * @throws the system's own error when it could not.
 */
export async function tryPath(path: string): Promise<TriedPath> {
  if ((await stat(path).catch(ignoreMissing)) !== undefined) {
    await using _handle = await open(path, "r+");
    return { exists: true, folder: dirname(path) };
  }
  const folder = await nearestFolder(dirname(path));
  await access(folder, constants.W_OK | constants.X_OK);
  return { exists: false, folder };
}

async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch(ignoreMissing);
  if (found?.isDirectory() === true) return path;
  if (found !== undefined) throw Object.assign(new Error(`${path} is not a folder`), { code: "ENOTDIR" });
  return nearestFolder(dirname(path));
}

function ignoreMissing(thrown: unknown): undefined {
  if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
  throw thrown;
}
