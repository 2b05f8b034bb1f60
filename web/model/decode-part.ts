/** A part of a path in plain text; undefined for one that is no percent-encoded UTF-8, such as `%E0%A4%A`. */
export function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
