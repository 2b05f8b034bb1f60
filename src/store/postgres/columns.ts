import { type EncodedText, encodeText, NULL_MARK, SEPARATOR } from "./text-codec.ts";

/** Types of columns that travel as one text. */
type ColumnType = "text" | "bigint" | "boolean";

/** A value of a column. */
export type Cell = string | number | bigint | boolean | null;

/**
 * Rows that travel as one parameter for each column.
 *
 * Each parameter begins with a cell that counts for nothing, because PostgreSQL reads an empty text as no cell at all.
 */
export interface Columns<Row> {
  /** To stand behind FROM, in parentheses already: a table with the names of the columns. */
  readonly from: string;
  /** The values of the parameters, in order. */
  of(rows: readonly Row[]): readonly EncodedText[];
}

/** The type of a column, and its cell of a row. An undefined cell becomes null. */
type Column<Row> = readonly [type: ColumnType, cell: (row: Row) => Cell | undefined];

/**
 * Describes such rows.
 *
 * @param first Number of the first parameter. @param columns Keyed by name.
 */
export function defineColumns<Row>(
  first: number,
  columns: Readonly<Record<string, Column<Row>>>,
): Columns<Row> {
  const arrays = Object.values(columns).map(
    ([type], index) => `string_to_array($${first + index}, E'\\x1e', E'\\x1dN')::${type}[]`,
  );
  const names = Object.keys(columns).join(", ");
  return {
    from: `(SELECT * FROM unnest(${arrays.join(", ")}) AS sent (${names}) OFFSET 1)`,
    of: (rows) =>
      Object.values(columns).map(([, cell]) => ({
        encoded: rows.reduce((text, row) => text + SEPARATOR + toText(cell(row)), NULL_MARK),
      })),
  };
}

function toText(cell: Cell | undefined): string {
  if (cell === undefined || cell === null) return NULL_MARK;
  return typeof cell === "string" ? encodeText(cell) : String(cell);
}
