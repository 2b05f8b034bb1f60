/**
 * The pattern that a person wrote, in the form of the API, as at the command line: a plain value is equality, one with
 * `*` or `?` a glob, one between slashes a regular expression, and a leading `!` means all others.
 */
export function toPattern(written: string): unknown {
  if (written.startsWith("!")) return { not: toPattern(written.slice(1)) };
  if (written.length > 2 && written.startsWith("/") && written.endsWith("/"))
    return { regex: written.slice(1, -1) };
  return /[*?]/u.test(written) ? { like: written } : written;
}

/** A pattern of the API as a person would write it; as JSON where it has no such form. */
export function patternText(pattern: unknown): string {
  if (typeof pattern === "string") return pattern;
  const [[key, value] = ["", undefined], ...others] =
    typeof pattern === "object" && pattern !== null ? Object.entries(pattern) : [];
  if (others.length === 0 && typeof value === "string") {
    if (key === "like") return value;
    if (key === "regex") return `/${value}/`;
    if (key === "not") return `!${value}`;
  }
  return JSON.stringify(pattern);
}
