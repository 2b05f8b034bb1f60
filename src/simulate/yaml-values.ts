import { parseAllDocuments } from "yaml";

import { MOST_ALIASES } from "../lib/yaml-file.ts";

/** A value in a text and its first line, from 1; or why there is none. */
export type FoundValue =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly error: string };

/**
 * The documents of a YAML text without the empty ones. Of a list that is torn it gives the items before the last one.
 *
 * @param firstLine The line of the text, from 1.
 */
export function* yamlValues(text: string, firstLine = 1): Generator<FoundValue> {
  for (const document of parseAllDocuments(text, { prettyErrors: false, logLevel: "error" })) {
    const lineAt = (offset: number): number => firstLine - 1 + text.slice(0, offset).split("\n").length;
    const [start] = document.range;
    const [error] = document.errors;
    if (error === undefined) {
      const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
      if (value !== null) yield { line: lineAt(start), value };
      continue;
    }
    const last = text.lastIndexOf("\n- ");
    const rest = last > start ? wholeOf(text.slice(start, last)) : undefined;
    if (rest === undefined) {
      yield { line: lineAt(error.pos[0]), error: `is neither JSON nor YAML: ${error.message}` };
      continue;
    }
    yield { line: lineAt(start), value: rest };
    yield { line: lineAt(last + 1), error: "is torn: it begins here and has no end" };
  }
}

/** The value of one document without faults. */
function wholeOf(text: string): unknown {
  const [document, ...more] = parseAllDocuments(text, { prettyErrors: false, logLevel: "error" });
  if (document === undefined || more.length > 0 || document.errors.length > 0) return undefined;
  return document.toJS({ maxAliasCount: MOST_ALIASES });
}
