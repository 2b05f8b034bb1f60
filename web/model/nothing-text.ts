import { clockText } from "./spans.ts";

/**
 * Says that a list of the past is empty, and from when on that is known.
 *
 * @param keptSince As in the answer. @param from The begin of the list, epoch milliseconds.
 * @param what `No alert ended`.
 */
export function nothingText(keptSince: string | null, from: number, what: string): string {
  if (keptSince === null) return "No history is kept: state.historyFor is 0.";
  const since = Date.parse(keptSince);
  return since > from
    ? `${what} since ${clockText(since, Date.now())}, when this began to be kept.`
    : `${what} then.`;
}
