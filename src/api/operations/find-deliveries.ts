import { setImmediate } from "node:timers/promises";

import type { DeliveryQuery, DeliveryRow, Page, Queries } from "../../store/index.ts";

/** Deliveries that are read at once, some milliseconds of work. */
const STEP = 200;

/** The filters of a list of deliveries that the store does not have. */
export interface DeliveryFilter {
  /** Epoch milliseconds; undefined: as far back as they are kept. */
  readonly since: number | undefined;
  /** Undefined: all. */
  readonly text: string | undefined;
}

/**
 * Reads a page of deliveries that fit, in steps; other work runs in between.
 *
 * @param gone Ends it before its next step. @throws {Error} AbortError then.
 */
export async function findDeliveries(
  queries: Pick<Queries, "deliveries">,
  query: DeliveryQuery,
  filter: DeliveryFilter,
  gone: AbortSignal,
): Promise<Page<DeliveryRow>> {
  if (filter.since === undefined && filter.text === undefined) return queries.deliveries(query);
  const found: DeliveryRow[] = [];
  for (let { after } = query; ; await setImmediate(undefined, { signal: gone })) {
    const { rows, next } = await queries.deliveries({ ...query, after, limit: STEP });
    const left = query.limit - found.length;
    const taken = rows.filter((row) => fits(row, filter)).slice(0, left);
    found.push(...taken);
    const last = taken.at(-1);
    if (taken.length === left && last !== undefined) {
      const read = { ...query, after, limit: rows.indexOf(last) + 1 };
      return { rows: found, next: (await queries.deliveries(read)).next };
    }
    if (next === undefined || rows.every((row) => isOlder(row, filter)))
      return { rows: found, next: undefined };
    after = next;
  }
}

function fits(row: DeliveryRow, filter: DeliveryFilter): boolean {
  if (isOlder(row, filter)) return false;
  const text = filter.text?.toLowerCase();
  if (text === undefined) return true;
  return [row.title, row.error, row.sink, row.groupKey, row.id].some((value) =>
    value.toLowerCase().includes(text),
  );
}

/** Lists are in the order of these times. */
function isOlder({ endedAt, createdAt }: DeliveryRow, { since = -Infinity }: DeliveryFilter): boolean {
  return (endedAt ?? createdAt) < since;
}
