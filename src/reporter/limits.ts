/** Limit of the API server, pkg/apis/core/validation/events.go; in bytes. */
export const LONGEST_NOTE = 1024;
/** Limit of the API server on reason, action and reporting instance, in bytes; the reporter takes it for kinds, too. */
export const LONGEST_WORD = 128;
/** Limit of the API server on the name part of `reportingController`, in bytes. */
export const LONGEST_QUALIFIED_NAME = 63;
/** Limit of names of objects and DNS subdomains, apimachinery pkg/util/validation. */
export const LONGEST_NAME = 253;

/** Our limit of the annotations of one report, in bytes, so that memory has a bound. */
export const MOST_ANNOTATION_BYTES = 4096;
/** Series with counts in memory; client-go's recorder keeps as many. */
export const MOST_SERIES = 4096;
/** Events that may wait for their first write, by default. */
export const QUEUE_LIMIT = 1000;

/** A series is over when its last occurrence is this old, as in client-go's new recorder. */
export const SERIES_WINDOW_MS = 6 * 60_000;
/** Interval between writes of a going series. Each is a real change, which renews the Event's time to live. */
export const FLUSH_EVERY_MS = 30_000;
/** Pace of writes about one object, type and reason: `count` at once after a rest, then one each `perMs / count`. */
export const WRITES = { count: 25, perMs: 250_000 } as const;

/** Writes at a time; the client has as many sockets. */
export const MOST_WRITES = 8;
/** Longest time of one request. */
export const REQUEST_DEADLINE_MS = 10_000;
/** Wait before the second attempt of a write; it doubles up to `LONGEST_RETRY_MS`. */
export const FIRST_RETRY_MS = 500;
/** Longest wait between two attempts of a write. */
export const LONGEST_RETRY_MS = 30_000;
/** A write that has failed for this time is given up. */
export const GIVE_UP_AFTER_MS = 15 * 60_000;
/** While closing there is no time for long pauses. */
export const LONGEST_RETRY_CLOSING_MS = 1000;
/** Time that `close` leaves waiting writes, by default. */
export const CLOSE_WITHIN_MS = 10_000;
