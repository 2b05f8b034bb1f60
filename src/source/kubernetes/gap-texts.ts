import { TIMING } from "./timing.ts";

/** The cause of a gap after 410. @param awayMs Since the stream was last whole. */
export function goneText(awayMs: number, eventTtlMs: number): string {
  const text = "410 gone: the server's history no longer reaches back to the position, all events are listed";
  return awayMs > Math.max(eventTtlMs / 2, eventTtlMs - TIMING.rewindMargin)
    ? `${text}; events may have come and expired unseen`
    : text;
}

/** The cause of a gap after watches that ended at once. */
export const REFUSED_TEXT =
  "the server takes no watch from the position, and does not say 410: all events are listed";

/** The cause of a gap before a new epoch. */
export const REWOUND_TEXT = "the API server's history went backwards, as after a restore of etcd";
