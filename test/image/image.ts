import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CACHE = fileURLToPath(new URL("../../.cache/image", import.meta.url));
const STORAGE = [
  "--root",
  join(CACHE, "storage"),
  "--runroot",
  join(CACHE, "run"),
  "--storage-driver",
  "vfs",
];

/** Whether build.mjs has built them; in CI they must be there. */
export function isImageMissing(): boolean {
  if (existsSync(join(CACHE, "built"))) return false;
  if (process.env["REQUIRE_CLUSTER"] === "1") throw new Error("no image: run `node test/image/build.mjs`");
  console.warn("skipped: no image: run `node test/image/build.mjs`");
  return true;
}

function buildah(...args: readonly string[]): string {
  return execFileSync("buildah", [...STORAGE, ...args], { encoding: "utf8", maxBuffer: 64 * 2 ** 20 }).trim();
}

/** The configuration of an image, as in the image specification. */
export interface ImageConfig {
  readonly architecture: string;
  readonly config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Entrypoint: readonly string[];
    readonly Cmd: readonly string[];
    readonly WorkingDir: string;
    readonly StopSignal: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly ExposedPorts: object;
  };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

/** A built image, with its files to be looked at and run. */
export class Image implements Disposable {
  readonly config: ImageConfig;
  /** Its files. */
  readonly root: string;
  readonly #container: string;

  constructor(name: string) {
    const inspected = JSON.parse(buildah("inspect", "--type", "image", name)) as { OCIv1: ImageConfig };
    this.config = inspected.OCIv1;
    this.#container = buildah("from", "--pull-never", name);
    this.root = buildah("mount", this.#container);
  }

  /**
   * Runs its entrypoint as the image says, or a program of it: its user, its variables and no others, its files
   * read-only. `volumes` lie over them, each folder at its path.
   */
  run(
    args: readonly string[],
    options: {
      readonly volumes: Readonly<Record<string, { readonly folder: string; readonly isWritable: boolean }>>;
      readonly env?: Readonly<Record<string, string>>;
      /** Instead of the entrypoint, as `kubectl exec` names one. */
      readonly program?: string;
    },
  ): Container {
    const { Entrypoint, Cmd, Env, User, WorkingDir } = this.config.config;
    const { program } = options;
    const command = [...(program === undefined ? Entrypoint : [program]), ...(args.length > 0 ? args : Cmd)];
    return new Container(this.root, command, {
      ...options,
      user: User,
      workingDir: WorkingDir,
      env: { ...Object.fromEntries(Env.map((pair) => pair.split(/=(.*)/su, 2))), ...options.env },
    });
  }

  [Symbol.dispose](): void {
    buildah("rm", this.#container);
  }
}

/** A process in the files of an image. */
export class Container {
  readonly directory = mkdtempSync(join(tmpdir(), "tocsin-image-"));
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  readonly #ended: Promise<unknown>;

  constructor(
    root: string,
    command: readonly string[],
    options: {
      readonly volumes: Readonly<Record<string, { readonly folder: string; readonly isWritable: boolean }>>;
      readonly env: Readonly<Record<string, string>>;
      readonly user: string;
      readonly workingDir: string;
    },
  ) {
    const { volumes, env, user, workingDir } = options;
    const [uid, gid] = user.split(":");
    // Mounts that only this process sees: the image read-only, volumes over it, and what every runtime gives.
    const lines = [
      'mount --bind "$ROOT" "$MNT"',
      'mount --options remount,ro,bind "$MNT"',
      'mount --types proc proc "$MNT/proc"',
      'mount --types tmpfs tmpfs "$MNT/tmp"',
      'mount --rbind /dev "$MNT/dev"',
      ...Object.entries(volumes).flatMap(([path, { folder, isWritable }]) => [
        `mount --bind "${folder}" "$MNT${path}"`,
        ...(isWritable ? [] : [`mount --options remount,ro,bind "$MNT${path}"`]),
      ]),
      [
        "exec /usr/bin/env --ignore-environment",
        ...Object.entries(env).map(([name, value]) => `'${name}=${value}'`),
        "/usr/bin/setpriv --no-new-privs --clear-groups",
        `/usr/bin/unshare --root "$MNT" --wd "${workingDir}" --setgid=${gid} --setuid=${uid}`,
        ...command.map((word) => `'${word}'`),
      ].join(" "),
    ];
    const mount = join(this.directory, "root");
    mkdirSync(mount);
    writeFileSync(join(this.directory, "run.sh"), `set -e\n${lines.join("\n")}\n`);
    this.child = spawn("unshare", ["--mount", "sh", join(this.directory, "run.sh")], {
      env: { PATH: process.env["PATH"], ROOT: root, MNT: mount },
    });
    this.child.stdout?.on("data", (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.#ended = once(this.child, "close");
  }

  /** Its exit status, when it ends by itself. */
  async ended(): Promise<number | null> {
    await this.#ended;
    rmSync(this.directory, { recursive: true, force: true });
    return this.child.exitCode;
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.child.kill(signal);
    return this.ended();
  }
}
