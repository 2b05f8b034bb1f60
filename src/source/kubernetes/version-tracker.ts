import { isSameOrOlder } from "../../event/index.ts";

/**
 * The newest version seen, and the one from which a watch may resume without loss. Several watch events may share a
 * version, so it may only be resumed from once a higher one was seen: until then the previous one counts.
 */
export class VersionTracker {
  #resume: string;
  /** Of the running watch. */
  #newest: string;
  /** Of all watches since the last list: what the server must still know. */
  #highest: string;

  constructor(resume: string) {
    this.#resume = resume;
    this.#newest = resume;
    this.#highest = resume;
  }

  /** A watch from here misses nothing, and repeats what carries the newest version. */
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

  /** The server has got this far, whatever was seen of it. */
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

  /** A watch starts anew from `resume`: what comes first was seen before. */
  rewindToResume(): void {
    this.#newest = this.#resume;
  }
}
