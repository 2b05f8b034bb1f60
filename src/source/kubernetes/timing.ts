/** The numbers of the watch, in milliseconds unless named otherwise; reasons in docs, facts from the API server. */
export const TIMING = {
  /** Our only heartbeat, since Events get no bookmarks: a server ends a watch after so many seconds. */
  shortestWatchSeconds: 45,
  longestWatchSeconds: 75,
  /** After the watch should have ended, and after the last byte from then on. */
  quietGrace: 15_000,
  /** A watch that is refused is refused at once, inside a 200; one that stays open so long was accepted. */
  settle: 250,
  /** A watch shorter than this without progress is a refusal. */
  shortWatch: 1000,
  /** For one page of a list and for a probe; the server's own limit is 60 s. */
  requestDeadline: 30_000,
  /** From here on being disconnected is a gap, and the history must be probed. */
  gapAfter: 30_000,
  /** A replica of the API server may lag: so often, so far apart, before history is taken to have gone backwards. */
  probeAttempts: 3,
  probeInterval: 5000,
  /** What may have happened before the rewound server lost its memory, and was not seen. */
  rewindMargin: 5 * 60_000,
  safetyRelist: 10 * 60_000,
  safetyRelistMany: 30 * 60_000,
  /** Events in the last list from which lists are made more rarely. */
  manyEvents: 20_000,
  /** Failures at one position are counted within this time. */
  failureWindow: 60_000,
  failuresBeforeRelist: 3,
  garbledBeforeRelist: 2,
  /** A batch ends after so many events or so long. */
  batchEvents: 200,
  batchAge: 20,
  /** Events per page of a list. */
  pageSize: 500,
  /** Restarts of one list because its snapshot was compacted, before it is asked for in one piece. */
  listRestarts: 3,
} as const;
