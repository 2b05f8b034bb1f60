import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";

import type { Request, Response } from "express";

import type { Clock } from "../../lib/clock.ts";

/** A reader that takes nothing for so long is cut off, milliseconds. */
const STALL_MS = 60_000;
/** So is one that has not taken the whole list after this time: it keeps a turn from others. Milliseconds. */
const LONGEST_MS = 5 * 60_000;

/** The text of a list, and the clock of its longest time. */
export interface SentList {
  readonly parts: AsyncIterable<string>;
  readonly clock: Clock;
}

/** Sends a list part by part, compressed for those who take gzip: 100,000 alerts are 80 MB. Rejects when it breaks off. */
export async function sendList(
  request: Request,
  response: Response,
  { parts, clock }: SentList,
): Promise<void> {
  response.set({ "cache-control": "no-store", "content-type": "application/json" }).vary("accept-encoding");
  response.setTimeout(STALL_MS, () => response.destroy());
  const cancel = clock.after(LONGEST_MS, () => response.destroy());
  try {
    if (request.acceptsEncodings("gzip", "identity") === "gzip") {
      response.set("content-encoding", "gzip");
      await pipeline(Readable.from(parts), createGzip({ level: constants.Z_BEST_SPEED }), response);
    } else {
      await pipeline(Readable.from(parts), response);
    }
  } finally {
    cancel();
  }
}
