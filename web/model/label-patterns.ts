/**
 * The pattern that a person wrote, in the form of the API, as at the command line: a plain value is equality, one with
 * `*` or `?` a glob, one between slashes a regular expression, a leading `!` means all others, and one
 * in the quotes of JSON is equality whatever it holds.
 */
export function toPattern(written: string): unknown {
  const quoted = quotedValue(written);
  if (quoted !== undefined) return quoted;
  if (written.startsWith("!")) return { not: toPattern(written.slice(1)) };
  if (written.length > 2 && written.startsWith("/") && written.endsWith("/"))
    return { regex: written.slice(1, -1) };
  return /[*?]/u.test(written) ? { like: written } : written;
}

/** A pattern of the API as a person would write it; as JSON where it has no such form. */
export function patternText(pattern: unknown): string {
  if (typeof pattern === "string") return exactValue(pattern);
  const [[key, value] = ["", undefined], ...others] =
    typeof pattern === "object" && pattern !== null ? Object.entries(pattern) : [];
  if (others.length === 0 && typeof value === "string") {
    if (key === "like") return value;
    if (key === "regex") return `/${value}/`;
    if (key === "not") return `!${exactValue(value)}`;
  }
  return JSON.stringify(pattern);
}

/**
 * The value of a label as a pattern that only it matches: as it is, or in the quotes of JSON where it would be read as
 * something else. Links in messages and the command line have the same rule.
 */
export function exactValue(value: string): string {
  return /^[!"/]|[*?]|^\s|\s$/u.test(value) ? JSON.stringify(value) : value;
}

function quotedValue(written: string): string | undefined {
  if (!written.startsWith('"')) return undefined;
  try {
    const value: unknown = JSON.parse(written);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
