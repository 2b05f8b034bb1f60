import type { Fault } from "../lib/schema.ts";

/**
 * Adds to a fault what YAML itself made of the text: an unquoted `#word` is a comment and leaves nothing, an unquoted
 * `{{ … }}` is a mapping. lib/yaml-file explains syntax errors.
 */
export function explainTrap(fault: Fault, document: unknown): Fault {
  const value = valueAt(document, fault.path);
  if (value === null) {
    return add(fault, "nothing stands here; a word that starts with # is a comment: put quotes around it");
  }
  if (isBraces(value)) return add(fault, '"{{ … }}" without quotes is a mapping: put quotes around the text');
  return fault;
}

function add(fault: Fault, hint: string): Fault {
  return { ...fault, message: `${fault.message} (${hint})` };
}

function valueAt(document: unknown, path: readonly (string | number)[]): unknown {
  let value = document;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    // Reads an index of an array or a key of a mapping of the parsed file.
    value = (value as Readonly<Record<string | number, unknown>>)[key];
  }
  return value;
}

/** The parser makes of `{{ event.name }}` a mapping with a mapping as its key, and turns that key into a text. */
function isBraces(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const [key = ""] = Object.keys(value);
  return key.startsWith("{");
}
