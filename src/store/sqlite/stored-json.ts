/** The JSON of a sink's own data, or undefined when there is none, it is no plain data, or it is longer than `maxBytes`. */
export function toStoredJson(value: unknown, maxBytes: number): string | undefined {
  try {
    // JSON.stringify answers undefined for undefined and functions, whatever its type says.
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined || Buffer.byteLength(text) > maxBytes ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The inverse, for a column that may be null. */
export function fromStoredJson(text: unknown): unknown {
  return typeof text === "string" ? JSON.parse(text) : undefined;
}
