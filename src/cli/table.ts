import { cutMiddle } from "../lib/cut-middle.ts";
import { oneLine } from "../lib/text.ts";
import { paint, type Style } from "./print.ts";

/** Longest cell, in characters; longer ones are cut. */
const WIDEST_CELL = 60;
/** The last column may be longer, because no column follows it. */
const WIDEST_LAST_CELL = 160;

/** One column: its title, and its cell in each row. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly style?: (row: Row) => Style | undefined;
}

/** Formats rows below titles, in aligned columns; texts are untrusted and become one plain line each. */
export function toTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], colour: boolean): string {
  const painted = columns.map((column, index) => {
    const widest = index === columns.length - 1 ? WIDEST_LAST_CELL : WIDEST_CELL;
    const cells = rows.map((row) => ({
      text: cutMiddle(oneLine(column.cell(row)), widest),
      style: column.style?.(row),
    }));
    const width = Math.max(...[column.title, ...cells.map(({ text }) => text)].map(widthOf));
    return [{ text: column.title, style: "bold" } as const, ...cells].map(({ text, style }) => {
      const padded = text + " ".repeat(width - widthOf(text));
      return style === undefined ? padded : paint(style, padded, colour);
    });
  });
  const lines = Array.from({ length: rows.length + 1 }, (_, line) =>
    painted.map((cells) => cells[line] ?? "").join("  "),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function widthOf(text: string): number {
  return Array.from(text).length;
}
