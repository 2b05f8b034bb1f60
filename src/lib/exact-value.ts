/**
 * The value of a label as a pattern that only it matches, in the written form of `silence add --match` and of links to
 * the page: as it is, or in the quotes of JSON where it would be read as a glob, a regular expression, a negation or a
 * quoted value. The page has the same rule, since it takes no code from here.
 */
export function exactValue(value: string): string {
  return /^[!"/]|[*?]|^\s|\s$/u.test(value) ? JSON.stringify(value) : value;
}

/** The value that quotes hold; undefined for what is no text in quotes of JSON. */
export function quotedValue(written: string): string | undefined {
  if (!written.startsWith('"')) return undefined;
  try {
    const value: unknown = JSON.parse(written);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
