import type { Strip } from "../../src/api/schemas/ended-alert.ts";

/** One step of one rule in the strip. */
export interface StripCell {
  /** From 0 for nothing to 4 for the busiest steps; undefined where nobody counted. */
  readonly heat: 0 | 1 | 2 | 3 | 4 | undefined;
  readonly opened: number;
  readonly occurrences: number;
}

type Row = Strip["rows"][number];

/**
 * The cells of a row. The heat is by alerts that began, by orders of magnitude and not by the busiest row, so that a
 * step looks the same whatever else happened; occurrences alone make it lukewarm.
 */
export function stripCells(
  { opened, occurrences }: Row,
  { from, stepSeconds, keptSince }: Omit<Strip, "at" | "rows" | "rowsOmitted">,
): readonly StripCell[] {
  const counted = keptSince === null ? Infinity : Date.parse(keptSince);
  return opened.map((count, step) => {
    const seen = occurrences[step] ?? 0;
    const heat = heatOf(count, seen);
    const isCounted = Date.parse(from) + step * stepSeconds * 1000 >= counted;
    return { heat: heat > 0 || isCounted ? heat : undefined, opened: count, occurrences: seen };
  });
}

function heatOf(opened: number, occurrences: number): 0 | 1 | 2 | 3 | 4 {
  if (opened >= 10) return 4;
  if (opened >= 3) return 3;
  if (opened >= 1) return 2;
  return occurrences > 0 ? 1 : 0;
}
