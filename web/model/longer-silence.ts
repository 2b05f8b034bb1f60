import type { Silence } from "../../src/api/schemas/silence.ts";

/**
 * The body of `POST /silences?id=` that lets a silence end later and leaves all else as it is; undefined for one that
 * has no end. @param by How much later, milliseconds.
 */
export function longerSilence(silence: Silence, by: number): Readonly<Record<string, unknown>> | undefined {
  const { match, from, until, untilResolved, schedule, author, comment } = silence;
  if (until === null) return undefined;
  return {
    match,
    comment,
    author,
    ...(from !== null && { from }),
    ...(untilResolved && { untilResolved }),
    ...(schedule !== null && schedule !== undefined && { schedule }),
    until: new Date(Date.parse(until) + by).toISOString(),
  };
}
