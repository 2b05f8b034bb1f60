import { parseAllDocuments } from "yaml";

import { MOST_ALIASES } from "../lib/yaml-file.ts";

/** A value in a text and its first line, from 1; or why there is none. */
export type FoundValue =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly error: string };

/** The documents of a YAML text without the empty ones. @param firstLine The line of the text, from 1. */
export function* yamlValues(text: string, firstLine = 1): Generator<FoundValue> {
  for (const document of parseAllDocuments(text, { prettyErrors: false, logLevel: "error" })) {
    const line = firstLine - 1 + text.slice(0, document.range[0]).split("\n").length;
    const [error] = document.errors;
    if (error !== undefined) {
      yield { line, error: `neither JSON nor YAML: ${error.message}` };
      continue;
    }
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    if (value !== null) yield { line, value };
  }
}
