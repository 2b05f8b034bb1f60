// https://sqlite.org/rescode.html
const BUSY = 5;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const NOTADB = 26;

/** The fault behind an error of node:sqlite or node:fs. */
export type StorageFault = "busy" | "damaged" | "read-only" | "full" | "other";

/** The fault behind an error, or behind one of its causes. */
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
