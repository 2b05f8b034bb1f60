import { setImmediate } from "node:timers/promises";

import type { AlertState } from "../../alert/index.ts";
import type { AlertQuery, Cursor, Queries } from "../../store/index.ts";

/** How much of a list of alerts is wanted. */
export interface Wanted {
  /** 1 or more. */
  readonly limit: number;
  /** Alerts that are read at once: the event loop waits meanwhile. */
  readonly step: number;
  /** Ends the reading before its next step. */
  readonly gone: AbortSignal;
  /** A filter that the store does not have; undefined: all are wanted. */
  readonly isWanted?: ((alert: AlertState) => boolean) | undefined;
}

/**
 * Reads a page of alerts in steps, each of its own moment; other work runs in between.
 *
 * @param take Called with the wanted alerts of each step.
 * @returns The cursor of the next page; undefined when this is the last one. @throws {Error} AbortError when `gone` aborts.
 */
export async function readAlerts(
  queries: Pick<Queries, "alerts" | "cursorBehind">,
  query: Omit<AlertQuery, "limit">,
  { limit, step, gone, isWanted = () => true }: Wanted,
  take: (alerts: readonly AlertState[]) => Promise<void>,
): Promise<Cursor | undefined> {
  let left = limit;
  for (let { after } = query; ; await setImmediate(undefined, { signal: gone })) {
    const { rows, next } = await queries.alerts({ ...query, after, limit: step });
    const taken = rows.filter(isWanted).slice(0, left);
    await take(taken);
    left -= taken.length;
    const last = taken.at(-1);
    if (left === 0 && last !== undefined && last !== rows.at(-1)) return queries.cursorBehind(last);
    if (left === 0 || next === undefined) return next;
    after = next;
  }
}
