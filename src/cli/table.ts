import { oneLine, truncate } from "../lib/text.ts";
import { paint, type Style } from "./print.ts";

/** Cells are cut after so many characters. */
const WIDEST_CELL = 60;
/** But for the last column, which nothing has to line up behind. */
const WIDEST_LAST_CELL = 160;

/** One column: its title, and what each row says there. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly style?: (row: Row) => Style | undefined;
}

/** Rows below titles, in columns that line up; texts are untrusted and come out as one plain line each. */
export function toTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], colour: boolean): string {
  const painted = columns.map((column, index) => {
    const widest = index === columns.length - 1 ? WIDEST_LAST_CELL : WIDEST_CELL;
    const cells = rows.map((row) => ({
      text: truncate(oneLine(column.cell(row)), widest),
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
