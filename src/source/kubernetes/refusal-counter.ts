import type { WatchEnd } from "./decide.ts";
import { TIMING } from "./timing.ts";
import { canRefusePosition, type Trouble } from "./trouble.ts";

/**
 * Counts the ends of watches that may be refusals of one position.
 *
 * A server that has compacted a position does not always say 410: some answer 200 and end the watch at once
 * (kubernetes/kubernetes#137089), some front ends cut the connection or answer 5xx for it
 * (fabric8io/kubernetes-client#7896).
 */
export class RefusalCounter {
  #version = "";
  #count = 0;

  /**
   * Takes in the end of a watch.
   *
   * @param version From which the next watch would start.
   * @param progressed Whether the watch showed something that was never seen before.
   * @returns How many such ends there were in a row at this version, this one included; 0 when it is none.
   */
  count(end: WatchEnd, version: string, progressed: boolean): number {
    if (version !== this.#version) this.#count = 0;
    this.#version = version;
    if (mayBeRefusal(end, progressed)) return (this.#count += 1);
    if (end.accepted && !isShort(end)) this.#count = 0;
    return 0;
  }
}

function mayBeRefusal(end: WatchEnd, progressed: boolean): boolean {
  const { trouble } = end;
  if (trouble !== undefined && isAboutPosition(trouble)) return true;
  return !progressed && isShort(end) && (trouble === undefined || canRefusePosition(trouble));
}

/** This place of the stream cannot be read, however long the watch was open before. */
function isAboutPosition({ kind }: Trouble): boolean {
  return kind === "server" || kind === "garbled";
}

function isShort({ accepted, livedMs }: WatchEnd): boolean {
  return !accepted || livedMs < TIMING.shortWatch;
}
