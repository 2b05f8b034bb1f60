import { writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Writes a file, and beside it the same compressed (`.br`, `.gz`), so that serving it costs nothing. */
export async function writePacked(path: string, contents: string | Uint8Array): Promise<void> {
  const bytes = Buffer.from(contents);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await writeFile(path, bytes);
  await writeFile(`${path}.br`, brotliCompressSync(bytes, quality));
  await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
