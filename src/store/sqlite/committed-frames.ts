import { closeSync, openSync, readSync } from "node:fs";

/** https://sqlite.org/fileformat2.html#walformat */
const HEADER = { bytes: 32, pageSize: 8, salts: 16, sum: 24 } as const;
const FRAME = { bytes: 24, pagesAfterCommit: 4, salts: 8 } as const;
const SALT_BYTES = 8;

/**
 * The number of frames up to the last commit that was written to a log, whether or not all of them are sound; 0 for no
 * log. Frames of earlier rounds have other salts. To be asked before SQLite opens the file.
 */
export function committedFrames(logPath: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(logPath, "r");
  } catch {
    return 0;
  }
  try {
    return countIn(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function countIn(descriptor: number): number {
  const header = readAt(descriptor, 0, HEADER.bytes);
  if (header === undefined) return 0;
  // Then SQLite reads no frame. A log always has one commit: that with which the session began.
  if (!isSound(header)) return 1;
  const salts = header.subarray(HEADER.salts, HEADER.salts + SALT_BYTES);
  const stride = FRAME.bytes + header.readUInt32BE(HEADER.pageSize);
  let committed = 0;
  for (let index = 0; ; index++) {
    const frame = readAt(descriptor, HEADER.bytes + index * stride, FRAME.bytes);
    if (frame === undefined) return committed;
    const isOfRound = frame.subarray(FRAME.salts, FRAME.salts + SALT_BYTES).equals(salts);
    if (isOfRound && frame.readUInt32BE(FRAME.pagesAfterCommit) > 0) committed = index + 1;
  }
}

/** Whether the header has its checksum. */
function isSound(header: Buffer): boolean {
  // The lowest bit of the first word says in which order the bytes of a word were summed.
  const isBigEndian = (header.readUInt32BE(0) & 1) === 1;
  let [first, second] = [0, 0];
  for (let at = 0; at < HEADER.sum; at += 8) {
    const [one, two] = [at, at + 4].map((from) =>
      isBigEndian ? header.readUInt32BE(from) : header.readUInt32LE(from),
    );
    first = (first + (one ?? 0) + second) >>> 0;
    second = (second + (two ?? 0) + first) >>> 0;
  }
  return header.readUInt32BE(HEADER.sum) === first && header.readUInt32BE(HEADER.sum + 4) === second;
}

function readAt(descriptor: number, position: number, bytes: number): Buffer | undefined {
  const buffer = Buffer.alloc(bytes);
  return readSync(descriptor, buffer, 0, bytes, position) === bytes ? buffer : undefined;
}
