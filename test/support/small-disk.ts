import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FILLER = "filler";

/** A page of the file system. */
const BLOCK = Buffer.alloc(4096);

/** A disk of some megabytes that a test fills: a file system in memory, which only root may mount. */
export class SmallDisk implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "tocsin-disk-"));

  /** Why this machine has none; "" when it has. */
  static readonly missing = tryToMount();

  constructor() {
    const error = mount(this.path);
    if (error !== "") throw new Error(error);
  }

  /** Leaves no space at all. */
  fill(): void {
    const file = join(this.path, FILLER);
    try {
      for (;;) appendFileSync(file, BLOCK);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
  }

  /** Gives the space back. */
  free(): void {
    rmSync(join(this.path, FILLER), { force: true });
  }

  /** Names of the files in it, without what fills it. */
  get files(): readonly string[] {
    return readdirSync(this.path).filter((name) => name !== FILLER);
  }

  [Symbol.dispose](): void {
    unmount(this.path);
  }
}

function tryToMount(): string {
  const path = mkdtempSync(join(tmpdir(), "tocsin-disk-"));
  const error = mount(path);
  if (error === "") unmount(path);
  else rmSync(path, { recursive: true });
  return error;
}

function mount(path: string): string {
  const { status, stderr, error } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", path]);
  return status === 0 ? "" : (error?.message ?? String(stderr).trim()) || "mount failed";
}

function unmount(path: string): void {
  spawnSync("umount", [path]);
  rmSync(path, { recursive: true });
}
