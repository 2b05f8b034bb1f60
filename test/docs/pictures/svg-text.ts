/** A piece of a line, in one style. */
export interface Span {
  readonly text: string;
  readonly style?: "bold" | "code" | "link" | "dim" | undefined;
  /** Replaces the colour of the style. */
  readonly colour?: string | undefined;
}

/** Escapes a text for SVG, with its blanks as they are. */
export function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Breaks spans into lines of at most so many characters, at blanks. */
export function wrapSpans(spans: readonly Span[], width: number): readonly (readonly Span[])[] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const { text, ...style } of spans) {
    for (const word of text.split(/(?<= )/u)) {
      if (used > 0 && used + word.trimEnd().length > width) {
        lines.push([]);
        used = 0;
      }
      lines.at(-1)?.push({ text: word, ...style });
      used += word.length;
    }
  }
  return lines;
}
