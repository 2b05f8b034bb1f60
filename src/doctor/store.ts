import { statfs } from "node:fs/promises";

import type { ProcessSettings } from "../config/index.ts";
import { errorText } from "../lib/errors.ts";
import { lookAtStateFile, type StateFileLook } from "../store/index.ts";
import { fail, ok, type Verdict, warn } from "./check.ts";

/** Super-block numbers of file systems on another machine, https://man7.org/linux/man-pages/man2/statfs.2.html */
const REMOTE: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x517b, "SMB"],
  [0x01021997, "9p"],
  [0x00c36400, "CephFS"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x5346414f, "AFS"],
  [0x01161970, "GFS2"],
  [0x786f4256, "a shared folder of VirtualBox"],
]);
/** Local or not: only its driver knows. */
const FUSE = 0x65735546;
/** Lost with the machine's memory, or with the container. */
const PASSING: ReadonlyMap<number, string> = new Map([
  [0x01021994, "memory (tmpfs)"],
  [0x858458f6, "memory (ramfs)"],
  [0x794c7630, "the container's own layer (overlay)"],
]);

/** Room for a start and some hours of a small cluster. */
const LEAST_FREE_BYTES = 16 * 1024 ** 2;

const WHY_LOCAL =
  "put state.path on a local disk: SQLite relies on locks and on writes that are on the disk when they say so, which network file systems do not promise, so the file could be damaged or two processes work on it";

/** Room that SQLite needs beside the file and its copy, for its log. */
const LOG_BYTES = 100 * 1024 ** 2;

/** Facts about the place of the state file. */
export interface StoreFacts {
  readonly path: string;
  readonly look: StateFileLook;
  /** `statfs` type, 32 bits without sign. */
  readonly fileSystem: number;
  readonly freeBytes: number;
  readonly maxBytes: number;
}

/** Whether the state file can be written, and lies well. */
export async function checkStore({ path, maxBytes }: ProcessSettings["state"]): Promise<Verdict> {
  if (path === ":memory:") {
    return warn(
      "in memory",
      "a restart forgets open alerts and messages that wait; name a file by state.path to keep them",
    );
  }
  let look: StateFileLook;
  try {
    look = await lookAtStateFile(path);
  } catch (error) {
    return fail(errorText(error), "let the user that tocsin runs as write there, or set another state.path");
  }
  const { type, bavail, bsize } = await statfs(look.folder);
  return judgeStore({ path, look, fileSystem: type >>> 0, freeBytes: bavail * bsize, maxBytes });
}

/** The check of these facts. */
export function judgeStore({ path, look, fileSystem, freeBytes, maxBytes }: StoreFacts): Verdict {
  const states: Readonly<Record<StateFileLook["state"], string>> = {
    absent: "will be made",
    "in-use": "is in use by a running bridge",
    free: `is there (${sizeText(look.bytes)})`,
  };
  const copy = look.copiedAt === undefined ? "" : `; copied ${toMinute(look.copiedAt)}`;
  const detail = `${path} ${states[look.state]}${copy}; ${sizeText(freeBytes)} free`;
  if (look.damage !== undefined) return fail(`${path} is damaged: ${look.damage}`, mendingOf(look));
  const remote = REMOTE.get(fileSystem);
  if (remote !== undefined) return fail(`${detail}; on ${remote}`, WHY_LOCAL);
  const room = freeBytes + look.bytes;
  if (room < LEAST_FREE_BYTES)
    return fail(detail, "make room: on a full disk nothing is stored, and so nothing sent");
  if (fileSystem === FUSE) return warn(`${detail}; on FUSE`, `unless this is a local disk: ${WHY_LOCAL}`);
  const passing = PASSING.get(fileSystem);
  if (passing !== undefined) {
    return warn(
      `${detail}; in ${passing}`,
      "what is stored there is soon forgotten: mount a volume, and set state.path to a file on it",
    );
  }
  if (room < maxBytes) {
    return warn(
      detail,
      `less than state.maxBytes (${sizeText(maxBytes)}): make room or lower it, or a long outage of a sink fills the disk`,
    );
  }
  if (look.bytes > 0 && freeBytes < look.bytes + LOG_BYTES) {
    return warn(
      detail,
      "no room for the daily copy beside it, which a damaged file is mended from: make room",
    );
  }
  return ok(detail);
}

function mendingOf({ copiedAt }: StateFileLook): string {
  const next =
    copiedAt === undefined
      ? "there is no copy of it, so the next start begins with an empty one"
      : `the next start goes back to its copy of ${toMinute(copiedAt)}`;
  return `look at the disk, then restart: ${next}`;
}

function toMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")}Z`;
}

/** For people: `512 KiB`, `1.4 GiB`. @param bytes 0 or more. */
function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** step;
  return `${amount.toFixed(amount < 10 && step > 0 ? 1 : 0)} ${units[step] ?? ""}`;
}
