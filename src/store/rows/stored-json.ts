/** The JSON of a sink's own data; undefined without data, when it is no plain data, or longer than `maxBytes`. */
export function toStoredJson(value: unknown, maxBytes: number): string | undefined {
  try {
    // JSON.stringify returns undefined for undefined and functions, although its type does not say so.
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined || Buffer.byteLength(text) > maxBytes ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The data of a column; undefined when it is null, or damaged. */
export function fromStoredJson(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
