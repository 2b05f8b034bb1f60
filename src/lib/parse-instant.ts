/** Go's zero time, which programs in Go write for "none": https://pkg.go.dev/time#Time.IsZero */
const GO_ZERO_MS = Date.parse("0001-01-01T00:00:00Z");

/** Milliseconds since 1970 of an RFC 3339 time; undefined for a text that is none, and for the zero time of Go. */
export function parseInstant(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) || ms === GO_ZERO_MS ? undefined : ms;
}
