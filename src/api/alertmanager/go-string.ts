/** Characters by the letter behind the backslash. https://go.dev/ref/spec#Rune_literals */
const LETTERS: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
};

const PART =
  /\\(?:(?<letter>[abfnrtv\\"])|x(?<hex>[\da-fA-F]{2})|(?<octal>[0-7]{3})|u(?<short>[\da-fA-F]{4})|U(?<long>[\da-fA-F]{8}))|(?<plain>[^\\\n"]+)/guy;

/** The text that a string of Go in double quotes stands for; undefined for one that is wrong, or no UTF-8. */
export function unquoteGoString(quoted: string): string | undefined {
  if (quoted.length < 2 || !quoted.startsWith('"') || !quoted.endsWith('"')) return undefined;
  const inner = quoted.slice(1, -1);
  const bytes: Uint8Array[] = [];
  let end = 0;
  for (const { 0: whole, index, groups = {} } of inner.matchAll(PART)) {
    const part = bytesOf(groups);
    if (part === undefined) return undefined;
    bytes.push(part);
    end = index + whole.length;
  }
  if (end !== inner.length) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes));
  } catch {
    return undefined;
  }
}

function bytesOf({
  letter,
  hex,
  octal,
  short,
  long,
  plain,
}: Readonly<Record<string, string | undefined>>): Uint8Array | undefined {
  if (plain !== undefined) return Buffer.from(plain);
  if (letter !== undefined) return Buffer.from(LETTERS[letter] ?? "");
  const byte = hex === undefined ? Number.parseInt(octal ?? "", 8) : Number.parseInt(hex, 16);
  if (!Number.isNaN(byte)) return byte > 255 ? undefined : Buffer.of(byte);
  const point = Number.parseInt(short ?? long ?? "", 16);
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
  return Buffer.from(String.fromCodePoint(point));
}
