/** Breaks a text into lines of at most `width` columns, at blanks where possible; none for "". @param width 1 or more. */
export function wrapText(text: string, width: number): readonly string[] {
  if (text === "") return [];
  return text.split("\n").flatMap((line) => wrapLine(line.replaceAll("\t", "    ").trimEnd(), width));
}

function wrapLine(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(" ", width);
    // A word longer than the line is cut, but not through a surrogate pair.
    const cut = blank > width / 3 ? blank : wholeUnits(rest, width);
    lines.push(rest.slice(0, cut));
    rest = rest.slice(cut).trimStart();
  }
  return rest === "" && lines.length > 0 ? lines : [...lines, rest];
}

/** The number of code units after which a text can be cut: `width`, or one less; in a width of 1 a pair stays whole. */
function wholeUnits(text: string, width: number): number {
  if (!/[\uD800-\uDBFF]/u.test(text[width - 1] ?? "")) return width;
  return width === 1 ? 2 : width - 1;
}
