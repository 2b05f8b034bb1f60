import { promisify } from "node:util";
import { constants, deflate, gzip } from "node:zlib";

import type { PackedBody } from "./record-store.ts";

/** Smaller bodies fit into few packets as they are. */
const SMALLEST_TO_PACK = 1024;

/** The quickest level: its time counts, and records are much alike, so that they become small at any level. */
const LEVEL = constants.Z_BEST_SPEED;

const COMPRESS = { gzip: promisify(gzip), deflate: promisify(deflate) } as const;

/** Compresses a body on a helper thread, so that the main thread goes on. */
export async function packBody(
  raw: Uint8Array,
  compression: keyof typeof COMPRESS | "none",
): Promise<PackedBody> {
  const rawBytes = raw.length;
  if (compression === "none" || rawBytes < SMALLEST_TO_PACK) return { bytes: raw, rawBytes, isPacked: false };
  return { bytes: await COMPRESS[compression](raw, { level: LEVEL }), rawBytes, isPacked: true };
}
