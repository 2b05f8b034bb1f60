import { open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";

import type { z } from "zod";

import { DeliveryError } from "../../egress/index.ts";
import { ByteSize } from "../../lib/byte-size.ts";
import { FilePath } from "../../lib/file-path.ts";
import { makeFolder } from "../../lib/make-folder.ts";
import { plainJson } from "../../lib/plain-json.ts";
import { strict } from "../../lib/schema.ts";
import { tryPath } from "../../lib/try-path.ts";
import { defineSink, nativeJson, wellFormedJson } from "../../sink/index.ts";

/** `alerts.jsonl.1` is the newest of the old files, `.3` the oldest. */
const OLD_FILES = 3;

const Options = strict({
  path: FilePath.describe("relative to the configuration; directories are made"),
  maxBytes: ByteSize.prefault("100MiB").describe("before a file grows beyond it, it is rotated"),
});
type Options = z.infer<typeof Options>;

/** Appends each native body as one line of JSON; a message counts as delivered once it is on the disk. */
export const file = defineSink<Options>({
  type: "file",
  options: Options,
  takes: ["alerts", "records"],
  shows: true,
  traits: () => ({ rateLimit: undefined, concurrency: 1 }),
  http: false,
  create: (options, context) => {
    const path = context.resolvePath(options.path);
    let last: Promise<unknown> = Promise.resolve();
    // One write after the other, at any concurrency, so that lines and rotations do not mix.
    const append = (lines: readonly string[]): Promise<void> => {
      const turn = last.then(() => appendLines(path, options.maxBytes, lines));
      last = turn.catch(() => undefined);
      return turn;
    };
    return {
      send: async (notification) => {
        await append([nativeJson(notification)]);
        return {};
      },
      write: async (records) => {
        await append(records.map(({ shown, body }) => shown ?? body));
        return records.map(() => ({ ok: true }));
      },
      probe: () => tryToWrite(path),
      close: async () => {
        await last;
      },
    };
  },
});

/** Tests whether lines could be appended; creates nothing. */
async function tryToWrite(path: string): Promise<string> {
  try {
    const { exists } = await tryPath(path);
    return exists ? `${path} is there and may be written` : `${path} can be made`;
  } catch (thrown) {
    throw toFileError(thrown);
  }
}

/** Opened anew each time: another program may have moved or removed the file since. */
async function appendLines(path: string, maxBytes: number, lines: readonly string[]): Promise<void> {
  const text = lines.map((line) => `${plainJson(wellFormedJson(line))}\n`).join("");
  try {
    makeFolder(dirname(path));
    await makeRoom(path, maxBytes, Buffer.byteLength(text));
    await using handle = await open(path, "a+", 0o640);
    const torn = await endsInsideLine(handle);
    await handle.appendFile(torn ? `\n${text}` : text);
    await handle.datasync();
  } catch (thrown) {
    throw toFileError(thrown);
  }
}

async function makeRoom(path: string, maxBytes: number, growth: number): Promise<void> {
  const size = await sizeOf(path);
  if (size === 0 || size + growth <= maxBytes) return;
  for (let number = OLD_FILES - 1; number >= 1; number--) {
    await rename(`${path}.${number}`, `${path}.${number + 1}`).catch(ignoreMissing);
  }
  await rename(path, `${path}.1`);
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(ignoreMissing);
  return found?.size ?? 0;
}

/** A write that a crash or a full disk cut off must not swallow the next line. */
async function endsInsideLine(handle: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read({ buffer: Buffer.alloc(1), position: size - 1 });
  return buffer.toString() !== "\n";
}

function ignoreMissing(thrown: unknown): undefined {
  if (codeOf(thrown) !== "ENOENT") throw thrown;
  return undefined;
}

/** Tells a passing failure, such as a full disk, from one that a person has to mend. */
const PASSING = new Set([
  "ENOSPC",
  "EDQUOT",
  "EIO",
  "EAGAIN",
  "EBUSY",
  "EMFILE",
  "ENFILE",
  "ESTALE",
  "ETIMEDOUT",
]);

function toFileError(thrown: unknown): DeliveryError {
  const code = codeOf(thrown);
  const message = `the file cannot be written (${code || "unknown"})`;
  return PASSING.has(code)
    ? DeliveryError.transient("unknown", message)
    : DeliveryError.broken("misconfigured", message);
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}
