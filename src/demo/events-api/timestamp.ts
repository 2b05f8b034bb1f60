import { cannotDecode } from "./status.ts";

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/u;

/** Exactly six digits of fraction: the server refuses others (kubernetes#141204). */
const MICRO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(\d{6})(?:Z|[+-]\d\d:\d\d)$/u;

/**
 * A `metav1.Time` as the server prints it: whole seconds in UTC, fractions cut; null when unset.
 *
 * @throws {StatusError} 400 when it is neither null nor RFC 3339.
 */
export function toTime(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const ms = typeof value === "string" && RFC3339.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw unparsable(value, "2006-01-02T15:04:05Z07:00");
  return formatTime(ms);
}

/**
 * A `metav1.MicroTime` as the server prints it: six digits of fraction, UTC; null when unset.
 *
 * @throws {StatusError} 400 when it has another number of digits or is no time.
 */
export function toMicroTime(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const micros = typeof value === "string" ? MICRO.exec(value)?.[1] : undefined;
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (micros === undefined || Number.isNaN(ms)) {
    throw unparsable(value, "2006-01-02T15:04:05.000000Z07:00");
  }
  return `${new Date(ms).toISOString().slice(0, 19)}.${micros}Z`;
}

/** Epoch milliseconds as a `metav1.Time`. */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function unparsable(value: unknown, layout: string): Error {
  return cannotDecode(`parsing time ${JSON.stringify(value)} as "${layout}"`);
}
