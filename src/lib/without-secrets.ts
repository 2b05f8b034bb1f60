import { findAssignments } from "./find-assignments.ts";
import { findPrivateKeys } from "./find-private-keys.ts";
import { findTokens } from "./find-tokens.ts";
import { findUrlSecrets, type UrlScan } from "./find-url-secrets.ts";
import { type Characters, type Span, TextReader } from "./text-reader.ts";

/** Stands in place of a secret. */
export const REDACTED = "[redacted]";

/**
 * Finds what looks like a secret in a text that somebody else wrote. The time is in proportion to the length of the
 * text, whatever it is.
 *
 * @returns In order, without overlap.
 */
export function findSecrets(text: Characters, scan: UrlScan): readonly Span[] {
  const reader = new TextReader(text);
  return merged([
    ...findPrivateKeys(reader),
    ...findTokens(reader),
    ...findUrlSecrets(reader, scan),
    ...findAssignments(reader),
  ]);
}

/** The text with `[redacted]` in place of all that looks like a secret; of URLs also the whole query. */
export function withoutSecrets(text: string, scan: UrlScan = { wholeQueries: true }): string {
  let clean = "";
  let from = 0;
  for (const { start, end } of findSecrets(text, scan)) {
    clean += text.slice(from, start) + REDACTED;
    from = end;
  }
  return clean + text.slice(from);
}

function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last === undefined || span.start > last.end) result.push(span);
    else if (span.end > last.end) result[result.length - 1] = { start: last.start, end: span.end };
  }
  return result;
}
