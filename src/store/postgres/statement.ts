import type { EncodedText } from "./text-codec.ts";

/** A value of a parameter. */
export type Value = string | number | bigint | boolean | Uint8Array | EncodedText | null;

/** The text of a statement, which the server prepares once for each connection. */
export interface Prepared {
  /** The same text always has the same name; at most 63 characters. */
  readonly name: string;
  readonly text: string;
}

/** A statement with its values, ready to be sent. */
export interface Statement extends Prepared {
  readonly values: readonly Value[];
}

/** Gives the texts of one table their names: `<table>.<key>`. */
export function nameStatements<Key extends string>(
  table: string,
  texts: Readonly<Record<Key, string>>,
): Readonly<Record<Key, (...values: readonly Value[]) => Statement>> {
  const entries = Object.entries<string>(texts).map(
    ([key, text]) =>
      [key, (...values: readonly Value[]): Statement => ({ name: `${table}.${key}`, text, values })] as const,
  );
  // The keys are those of `texts`.
  return Object.fromEntries(entries) as Record<Key, (...values: readonly Value[]) => Statement>;
}
