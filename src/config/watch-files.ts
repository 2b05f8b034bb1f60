import { type FSWatcher, watch } from "node:fs";
import { dirname, join, matchesGlob, parse, sep } from "node:path";

import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { currentHash, hashSecrets, type WatchedFiles } from "./watched-files.ts";

/** An editor or a ConfigMap swap makes several changes at once; one look after the first notice covers all. */
const SETTLE_MS = 500;
/** Notices of the system may be missing (mounts, exhausted inotify), so contents are compared in any case. */
const POLL_MS = 30_000;

/** Files to watch, and the callback. */
export interface WatchOptions {
  readonly watched: WatchedFiles;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when contents differ from those last followed or reported. Must not throw. */
  readonly changed: () => void;
}

/** A watch over files; it keeps no process alive. */
export interface FileWatch {
  /** Watches these files from now on: after every load, also a failed one. */
  follow(watched: WatchedFiles): void;
  /** Ends the watch: no call of `changed` comes after it. Safe to call twice. */
  close(): void;
}

/** Watches the folders of the files: the kubelet swaps a symlink beside a file, which a watch of the file misses. */
export function watchFiles(options: WatchOptions): FileWatch {
  return new DirectoryWatch(options);
}

class DirectoryWatch implements FileWatch {
  readonly #options: WatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  #watched: WatchedFiles;
  #secrets: string;
  #known: string;
  #cancelSettle: (() => void) | undefined;
  #cancelPoll: (() => void) | undefined;
  #closed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#watched = options.watched;
    this.#known = options.watched.hash;
    this.#secrets = options.watched.secretsHash;
    this.#watchFolders();
    this.#schedulePoll();
    this.#look();
  }

  follow(watched: WatchedFiles): void {
    // A load reads secrets after the last look, so that its hash stays: a secret that changed meanwhile is told of.
    if (!isSameList(watched.secretFiles, this.#watched.secretFiles)) this.#secrets = watched.secretsHash;
    this.#watched = watched;
    this.#known = watched.hash;
    this.#watchFolders();
    this.#look();
  }

  close(): void {
    this.#closed = true;
    this.#cancelSettle?.();
    this.#cancelPoll?.();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #schedulePoll(): void {
    this.#cancelPoll = this.#options.clock.after(POLL_MS, () => {
      this.#watchFolders();
      this.#look();
      this.#schedulePoll();
    });
  }

  /** Later notices do not delay the look: under constant writing it would never come. */
  #noticed(folder: string, name: string | null): void {
    if (this.#cancelSettle !== undefined || !concerns(this.#watched, folder, name)) return;
    this.#cancelSettle = this.#options.clock.after(SETTLE_MS, () => {
      this.#cancelSettle = undefined;
      this.#look();
    });
  }

  #look(): void {
    this.#compare().catch((error: unknown) => {
      this.#options.log.warn("configuration files could not be compared", { error: errorText(error) });
    });
  }

  async #compare(): Promise<void> {
    const watched = this.#watched;
    const [hash, secrets] = [await currentHash(watched), await hashSecrets(watched.secretFiles)];
    // Other files are followed since, and have had a look of their own.
    if (this.#closed || watched !== this.#watched) return;
    const changed = hash !== this.#known || secrets !== this.#secrets;
    this.#known = hash;
    this.#secrets = secrets;
    if (changed) this.#options.changed();
  }

  #watchFolders(): void {
    if (this.#closed) return;
    const folders = foldersOf(this.#watched);
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    const forget = (error: unknown): void => {
      this.#watchers.get(folder)?.close();
      this.#watchers.delete(folder);
      this.#options.log.debug("folder is polled instead of watched", { folder, error: errorText(error) });
    };
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => this.#noticed(folder, name));
      this.#watchers.set(folder, watcher);
      watcher.on("error", forget);
    } catch (error) {
      forget(error);
    }
  }
}

/** Whether a notice is about a watched file; a database in the same folder is not. The kubelet swaps `..data`. */
function concerns(watched: WatchedFiles, folder: string, name: string | null): boolean {
  if (name === null || name.startsWith("..")) return true;
  const path = join(folder, name);
  return (
    watched.files.includes(path) ||
    watched.secretFiles.includes(path) ||
    watched.globs.some((pattern) => matchesGlob(path, pattern))
  );
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

function foldersOf(watched: WatchedFiles): ReadonlySet<string> {
  return new Set([
    ...watched.files.map((file) => dirname(file)),
    ...watched.secretFiles.map((file) => dirname(file)),
    ...watched.globs.map(fixedFolder),
  ]);
}

/** The folder of a pattern down to its first part with a wildcard. */
function fixedFolder(pattern: string): string {
  const parts = dirname(pattern).split(sep);
  const wild = parts.findIndex((part) => /[*?[\]{}()!+@]/u.test(part));
  const fixed = parts.slice(0, wild === -1 ? parts.length : wild);
  return join(parse(pattern).root, ...fixed);
}
