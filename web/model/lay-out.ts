import type { AlertGroup } from "./group-alerts.ts";

/** Bounds of what is in the page at once: 5,000 alerts must not be 60,000 elements. */
export const LAY_OUT = { cards: 20, rows: 8, allRows: 110, opened: 40 } as const;

/** A group, and how many of its rows are shown. */
export interface Card {
  readonly group: AlertGroup;
  readonly rows: number;
}

/** The groups that are shown, with how many rows each. */
export interface Layout {
  readonly cards: readonly Card[];
  /** Groups that are not shown. */
  readonly further: number;
}

/**
 * The first groups with the first rows of each, within the bounds.
 *
 * @param opened The key of the group of which more is shown; empty for none.
 * @param skipped Groups that are passed over, for the pages after the first.
 */
export function layOut(groups: readonly AlertGroup[], opened: string, skipped: number): Layout {
  const cards: Card[] = [];
  let left: number = LAY_OUT.allRows;
  for (const group of groups.slice(skipped, skipped + LAY_OUT.cards)) {
    if (left <= 0) break;
    const most = group.key === opened ? LAY_OUT.opened : Math.min(LAY_OUT.rows, left);
    const rows = Math.min(group.alerts.length, most);
    left -= Math.min(rows, LAY_OUT.rows);
    cards.push({ group, rows });
  }
  return { cards, further: Math.max(0, groups.length - skipped - cards.length) };
}
