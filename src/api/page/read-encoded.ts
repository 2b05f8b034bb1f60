import { readFile } from "node:fs/promises";

/** A file as it is sent. */
export interface EncodedFile {
  readonly body: Buffer;
  /** The value of `content-encoding`; undefined for the file as it is. */
  readonly encoding: Encoding | undefined;
}

/** Encodings that the build makes, the smallest first. */
export const ENCODINGS = ["br", "gzip"] as const;

/** An encoding that the build makes. */
export type Encoding = (typeof ENCODINGS)[number];

const ENDINGS: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz" };

/**
 * Reads a file in the first of these encodings that stands beside it, else as it is; undefined where there is none.
 *
 * @throws {Error} When a file is there and cannot be read.
 */
export async function readEncoded(
  path: string,
  accepted: readonly Encoding[],
): Promise<EncodedFile | undefined> {
  for (const encoding of [...accepted, undefined]) {
    const body = await readIfThere(encoding === undefined ? path : path + ENDINGS[encoding]);
    if (body !== undefined) return { body, encoding };
  }
  return undefined;
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    // Errors of node:fs have a code.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
