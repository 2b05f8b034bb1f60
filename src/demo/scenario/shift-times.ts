/** The fields of an Event that are instants; all others stay. */
const INSTANTS = new Set([
  "creationTimestamp",
  "firstTimestamp",
  "lastTimestamp",
  "eventTime",
  "lastObservedTime",
]);

/**
 * A copy of an Event, or of a patch of one, with every instant shifted by `byMs` milliseconds; microseconds survive.
 */
export function shiftTimes(value: unknown, byMs: number): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      INSTANTS.has(key) && typeof inner === "string" ? shift(inner, byMs) : shiftTimes(inner, byMs),
    ]),
  );
}

function shift(instant: string, byMs: number): string {
  const moved = new Date(Date.parse(instant) + byMs).toISOString();
  const fraction = /\.\d{3}(?<micros>\d{3})Z$/u.exec(instant)?.groups?.["micros"];
  return fraction === undefined ? `${moved.slice(0, 19)}Z` : `${moved.slice(0, -1)}${fraction}Z`;
}
