/** The runs of one case; those of the yardstick lie between them. */
export interface Runs {
  readonly name: string;
  readonly aims: Readonly<Record<string, string>>;
  readonly runs: readonly object[];
  readonly yardstick: readonly object[];
}

/** One figure of one case, as a line of the table. */
export interface Figure {
  readonly case: string;
  readonly figure: string;
  /** Medians. */
  readonly tocsin: number;
  readonly bareLoop?: number;
  /** The median of the ratios of each run to the one beside it. */
  readonly ratio?: number;
  readonly aim?: string;
}

/** The figures of a case's runs. */
export function figuresOf({ name, aims, runs, yardstick }: Runs): readonly Figure[] {
  return Object.keys(runs[0] ?? {}).map((figure): Figure => {
    const values = valuesOf(runs, figure);
    const beside = valuesOf(yardstick, figure);
    const aim = aims[figure];
    return {
      case: name,
      figure,
      tocsin: median(values),
      ...(beside.length > 0 && {
        bareLoop: median(beside),
        ratio: median(values.map((value, run) => value / (beside[run] ?? Number.NaN))),
      }),
      ...(aim !== undefined && { aim }),
    };
  });
}

/** A table for a terminal: figures with an aim or a ratio. @param names The programs that are compared. */
export function tableOf(
  figures: readonly Figure[],
  names: readonly [string, string] = ["Tocsin", "bare loop"],
): string {
  const lines = figures
    .filter(({ ratio, aim }) => ratio !== undefined || aim !== undefined)
    .map(
      ({ case: name, figure, tocsin, bareLoop, ratio, aim = "" }) =>
        [name, figure, number(tocsin), number(bareLoop), number(ratio), aim] as const,
    );
  const all = [["case", "figure", ...names, "ratio", "aim"], ...lines];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((line) => (line[column] ?? "").length)));
  return all
    .map((line) =>
      line
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column >= 2 && column <= 4 ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function valuesOf(runs: readonly object[], figure: string): readonly number[] {
  return runs.flatMap((run) => {
    const value: unknown = Reflect.get(run, figure);
    return typeof value === "number" ? [value] : [];
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function number(value: number | undefined): string {
  return value === undefined ? "–" : value.toLocaleString("en", { maximumFractionDigits: 2 });
}
