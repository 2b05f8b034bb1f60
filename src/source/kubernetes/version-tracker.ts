import { isSameOrOlder } from "../../event/index.ts";

/**
 * Tracks the newest version seen, and the one from which a watch may resume without loss. Several watch events may
 * share a version, so a watch may resume from it only after a higher one arrived; until then the previous one counts.
 */
export class VersionTracker {
  #resume: string;
  /** Of the running watch. */
  #newest: string;
  /** Of all watches since the last list: the server must still know it. */
  #highest: string;

  constructor(resume: string) {
    this.#resume = resume;
    this.#newest = resume;
    this.#highest = resume;
  }

  /** A watch from here misses nothing, and repeats the events of the newest version. */
  get resume(): string {
    return this.#resume;
  }

  /** The highest version seen, which a resumed watch repeats. */
  get highest(): string {
    return this.#highest;
  }

  /** An event carried this version. */
  sawEvent(version: string): void {
    if (isSameOrOlder(version, this.#newest)) return;
    this.#resume = this.#newest;
    this.#newest = version;
    if (!isSameOrOlder(version, this.#highest)) this.#highest = version;
  }

  /** A bookmark or a finished list: everything up to here was seen. */
  sawAllUpTo(version: string): void {
    this.#resume = version;
    this.#newest = version;
    this.#highest = version;
  }

  /** The server has reached this version, however much of it was seen. */
  serverHas(version: string): void {
    if (!isSameOrOlder(version, this.#highest)) this.#highest = version;
  }

  /** Everything up to here was shown, and perhaps more. */
  shownUpTo(version: string): void {
    if (isSameOrOlder(version, this.#resume)) return;
    this.#resume = version;
    if (!isSameOrOlder(version, this.#newest)) this.#newest = version;
    this.serverHas(version);
  }

  /** A watch starts anew from `resume`: its first events were seen before. */
  rewindToResume(): void {
    this.#newest = this.#resume;
  }
}
