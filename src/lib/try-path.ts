import { access, constants, open, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** What there is at a path that is to be written. */
export interface TriedPath {
  readonly exists: boolean;
  /** Where the file is; of one that is not there, the nearest folder that is. */
  readonly folder: string;
}

/**
 * Whether a file could be written at this path, with the folders on the way to it; makes nothing.
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
