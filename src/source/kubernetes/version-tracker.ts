import { isSameOrOlder } from "../../event/index.ts";

/**
 * The newest version seen, and the one from which a watch may resume without loss. Several watch events may share a
 * version, so it may only be resumed from once a higher one was seen: until then the previous one counts.
 */
export class VersionTracker {
  #resume: string;
  #newest: string;

  constructor(resume: string) {
    this.#resume = resume;
    this.#newest = resume;
  }

  /** A watch from here misses nothing, and repeats what carries the newest version. */
  get resume(): string {
    return this.#resume;
  }

  get newest(): string {
    return this.#newest;
  }

  /** An event carried this version. */
  sawEvent(version: string): void {
    if (isSameOrOlder(version, this.#newest)) return;
    this.#resume = this.#newest;
    this.#newest = version;
  }

  /** A bookmark or a finished list: everything up to here was seen. */
  sawAllUpTo(version: string): void {
    this.#resume = version;
    this.#newest = version;
  }

  /** A watch starts anew from `resume`: what comes next may be older than the newest. */
  rewindToResume(): void {
    this.#newest = this.#resume;
  }
}
