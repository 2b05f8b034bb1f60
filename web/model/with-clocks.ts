import { clockText } from "./spans.ts";

/** A time as answers of the bridge have it, RFC 3339 in UTC. */
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/gu;

/** A text of the bridge with its times as the clock of the reader has them. @param now Epoch milliseconds. */
export function withClocks(text: string, now: number): string {
  return text.replaceAll(TIME, (time) => clockText(Date.parse(time), now));
}
