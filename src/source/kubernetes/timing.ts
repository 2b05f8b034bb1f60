/** The numbers of the watch, in milliseconds unless named otherwise (docs/design/events.md#timers-of-the-watch). */
export const TIMING = {
  /** The server ends a watch after so many seconds. Events get no bookmarks, so this end is the only heartbeat. */
  shortestWatchSeconds: 45,
  longestWatchSeconds: 75,
  /** After the expected end of the watch, and after the last byte from then on. */
  quietGrace: 15_000,
  /** The server refuses a watch at once, inside a 200; one that stays open so long was accepted. */
  settle: 250,
  /** A shorter watch without progress counts as a refusal; some front ends close one only after a second. */
  shortWatch: 2000,
  /** For one page of a list and for a probe; the server's own limit is 60 s. */
  requestDeadline: 30_000,
  /** A longer interruption is a gap, and the history must be probed. */
  gapAfter: 30_000,
  /**
   * A replica of the API server may lag: so many probes, so far apart, before history counts as having gone backwards.
   */
  probeAttempts: 3,
  probeInterval: 5000,
  /** Time before the last message of the server in which it may have lost writes that the source never saw. */
  rewindMargin: 5 * 60_000,
  safetyRelist: 10 * 60_000,
  safetyRelistMany: 30 * 60_000,
  /** With more Events in the last list, safety lists are rarer. */
  manyEvents: 20_000,
  /** So soon after a list the position cannot be old. */
  soonAfterList: 60_000,
  /** Refusals of one position in a row. */
  refusalsBeforeRelist: 2,
  /** A batch ends after so many events or so long. */
  batchEvents: 1000,
  batchAge: 20,
  /** Events per page of a list. */
  pageSize: 500,
  /** Restarts of one list because its snapshot was compacted, before it is asked for in one piece. */
  listRestarts: 3,
} as const;
