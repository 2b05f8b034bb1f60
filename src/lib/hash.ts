import { hash, randomUUIDv7 } from "node:crypto";

/** The first 20 hex digits (80 bits) of SHA-256 over the parts, with the borders between parts included. */
export function fingerprint(parts: readonly string[]): string {
  // A slice of the whole text would keep all of it in memory.
  return hash("sha256", JSON.stringify(parts), "buffer").toString("hex", 0, 10);
}

/** A new id that sorts by time of creation, to the millisecond. */
export function newId(): string {
  return randomUUIDv7();
}
