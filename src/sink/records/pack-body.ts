import { promisify } from "node:util";
import { constants, deflate, gzip } from "node:zlib";

import type { PackedBody } from "./record-store.ts";

/** Smaller bodies fit into few packets as they are. */
const SMALLEST_TO_PACK = 1024;

/** The quickest level halves the CPU time of the usual one, and JSON is still a seventh of its size. */
const LEVEL = constants.Z_BEST_SPEED;

const COMPRESS = { gzip: promisify(gzip), deflate: promisify(deflate) } as const;

/** Compresses a body on a helper thread, so that the main thread goes on. */
export async function packBody(
  raw: Uint8Array,
  compression: keyof typeof COMPRESS,
): Promise<PackedBody & { readonly isPacked: boolean }> {
  const rawBytes = raw.length;
  if (rawBytes < SMALLEST_TO_PACK) return { bytes: raw, rawBytes, isPacked: false };
  return { bytes: await COMPRESS[compression](raw, { level: LEVEL }), rawBytes, isPacked: true };
}
