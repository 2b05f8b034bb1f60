import type { ActivityRow } from "../../store/index.ts";
import type { Strip } from "../schemas/ended-alert.ts";
import { toInstant } from "./instant.ts";

const MOST_ROWS = 60;

/** Makes the answer's form of a strip, but for its time and what is kept. @param span.from Epoch milliseconds. */
export function toStrip(
  rows: readonly ActivityRow[],
  span: { readonly from: number; readonly stepMs: number },
): Omit<Strip, "at" | "keptSince"> {
  const sorted = rows
    .map((row) => ({ row, opened: sumOf(row.opened), occurrences: sumOf(row.occurrences) }))
    .toSorted(
      (a, b) =>
        b.opened - a.opened || b.occurrences - a.occurrences || a.row.rule.localeCompare(b.row.rule, "en"),
    );
  return {
    from: toInstant(span.from),
    stepSeconds: span.stepMs / 1000,
    rows: sorted.slice(0, MOST_ROWS).map(({ row }) => row),
    rowsOmitted: Math.max(0, sorted.length - MOST_ROWS),
  };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
