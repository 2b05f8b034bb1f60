// https://sqlite.org/rescode.html
const BUSY = 5;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const NOTADB = 26;

/** What an error of node:sqlite or node:fs, or the one behind it, is about. */
export type StorageFault = "busy" | "damaged" | "read-only" | "full" | "other";

/** Sorts what opening or writing a file threw; looks at its causes too. */
export function storageFault(thrown: unknown): StorageFault {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    // The primary code is the low byte.
    const sqlite = "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
    const system = "code" in error ? error.code : undefined;
    if (sqlite === BUSY) return "busy";
    if (sqlite === CORRUPT || sqlite === NOTADB) return "damaged";
    if (sqlite === READONLY || system === "EROFS" || system === "EACCES" || system === "EPERM")
      return "read-only";
    if (sqlite === FULL || system === "ENOSPC") return "full";
  }
  return "other";
}
