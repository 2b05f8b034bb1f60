/** The start of a scope without a position: nothing old, everything the server has, or so many milliseconds back. */
export type StartFrom = "now" | "all" | number;

/** The part of the first list that is known history. */
export interface Beginning {
  /** Epoch milliseconds; undefined when nothing is history. */
  readonly historyBefore: number | undefined;
  /** Epoch milliseconds. */
  readonly coverageStartAt: number;
}

/**
 * Computes the start by the server's clock, since ours may be wrong.
 *
 * @param serverNow Epoch milliseconds of the Date header, or of our clock where there was none.
 */
export function beginningOf(startFrom: StartFrom, serverNow: number): Beginning {
  if (startFrom === "all") return { historyBefore: undefined, coverageStartAt: 0 };
  const at = serverNow - (startFrom === "now" ? 0 : startFrom);
  return { historyBefore: at, coverageStartAt: at };
}
