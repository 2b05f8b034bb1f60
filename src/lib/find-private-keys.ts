import { charactersOf, type Span, type TextReader } from "./text-reader.ts";

const BEGIN = "-----BEGIN ";
const END = "-----END ";
const LABEL = charactersOf("A-Z0-9 ");
const LONGEST_LABEL = 40;
const KEY_LINE = charactersOf("a-zA-Z0-9+/=\\ \t\r\n");
const PUTTY = "Private-Lines:";

/** Finds private keys in PEM: whole, with their end cut off, and with their beginning cut off. */
export function findPrivateKeys(reader: TextReader): readonly Span[] {
  const spans: Span[] = [];
  // Where the lines may have begun that end here: behind the last character that no key has.
  let linesFrom = 0;
  for (let index = 0; index < reader.length; index += 1) {
    const label = isPrivate(reader, index, BEGIN);
    const cut = label === undefined ? isPrivate(reader, index, END) : undefined;
    if (label !== undefined) {
      const end = keyEnd(reader, label);
      spans.push({ start: index, end });
      index = end - 1;
    } else if (cut !== undefined) {
      spans.push({ start: linesFrom, end: cut });
      index = cut - 1;
    } else if (reader.has(index, PUTTY)) {
      spans.push({ start: index, end: reader.length });
      break;
    }
    if (!reader.is(index, KEY_LINE)) linesFrom = index + 1;
  }
  return spans;
}

/** The end of `-----BEGIN … PRIVATE KEY…-----`; undefined where there is none. */
function isPrivate(reader: TextReader, start: number, lead: string): number | undefined {
  if (!reader.has(start, lead)) return undefined;
  const from = start + lead.length;
  const end = reader.skip(from, LABEL, LONGEST_LABEL);
  return reader.slice(from, end).includes("PRIVATE KEY") ? Math.min(end + 5, reader.length) : undefined;
}

function keyEnd(reader: TextReader, from: number): number {
  for (let index = from; index < reader.length; index += 1) {
    if (!reader.has(index, END)) continue;
    const label = reader.skip(index + END.length, LABEL, LONGEST_LABEL);
    return Math.min(label + 5, reader.length);
  }
  return reader.length;
}
