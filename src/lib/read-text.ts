import { readFile, stat } from "node:fs/promises";

import { toError } from "./errors.ts";

/** Honest configurations are far smaller; a device or a log given by mistake must not fill the memory. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The content of a file, or in words why there is none. */
export type ReadText =
  | { readonly text: string; readonly trouble: undefined }
  | { readonly text: undefined; readonly trouble: string };

/** Reads a whole file as UTF-8; never throws. */
export async function readText(path: string): Promise<ReadText> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) return failed(`larger than ${MOST_BYTES} bytes`);
    return { text: await readFile(path, "utf8"), trouble: undefined };
  } catch (error) {
    return failed(troubleOf(error));
  }
}

function failed(trouble: string): ReadText {
  return { text: undefined, trouble };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
  EISDIR: "it is a folder, not a file",
};

/** In words, the reason why a file cannot be read. */
export function troubleOf(thrown: unknown): string {
  const error: NodeJS.ErrnoException = toError(thrown);
  return REASONS[error.code ?? ""] ?? `it cannot be read (${error.code ?? error.message})`;
}
