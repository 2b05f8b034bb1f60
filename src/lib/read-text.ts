import { constants } from "node:fs";
import { open } from "node:fs/promises";

import { toError } from "./errors.ts";

/** Honest configurations are far smaller; a device or a log given by mistake must not fill the memory. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Room for what is written to a file while it is read, and for files of the kernel, which have no size. */
const SPARE = 64 * 1024;

/** The content of a file, or in words why there is none. */
export type ReadText =
  | { readonly text: string; readonly trouble: undefined }
  | { readonly text: undefined; readonly trouble: string };

/**
 * Reads a whole regular file as UTF-8; never throws. It waits for no pipe, and reads no more than the bound of what has
 * no end.
 */
export async function readText(path: string): Promise<ReadText> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (status.isDirectory()) return failed(REASONS["EISDIR"] ?? "");
    if (!status.isFile()) return failed("it is a device or a pipe, not a file");
    const bytes = Buffer.alloc(Math.min(status.size, MOST_BYTES) + SPARE);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (length > MOST_BYTES || (length === bytes.length && bytesRead > 0))
        return failed("larger than 4 MiB");
      if (bytesRead === 0) return { text: bytes.toString("utf8", 0, length), trouble: undefined };
    }
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
