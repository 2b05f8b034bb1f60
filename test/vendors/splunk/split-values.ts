/** The values of a text in which JSON values stand one after the other. */
export interface SplitValues {
  readonly values: readonly unknown[];
  /** The place in the list of the first one that is no JSON; undefined when all are. */
  readonly wrongAt: number | undefined;
}

/**
 * Splits objects that stand one after the other, with white space between them or nothing
 * (https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/format-events-for-http-event-collector:
 * "the batch protocol … event objects stacked one after the other, and not in a JSON array").
 */
export function splitValues(text: string): SplitValues {
  const values: unknown[] = [];
  let start = 0;
  while (text.slice(start).trim() !== "") {
    const end = endOfObject(text, start);
    try {
      values.push(JSON.parse(text.slice(start, end)));
    } catch {
      return { values, wrongAt: values.length };
    }
    start = end;
  }
  return { values, wrongAt: undefined };
}

/** The place after the brace that closes the first object; the end of the text when there is none. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let inText = false;
  for (let at = start; at < text.length; at++) {
    const letter = text[at];
    if (inText) {
      if (letter === "\\") at++;
      else if (letter === '"') inText = false;
    } else if (letter === '"') inText = true;
    else if (letter === "{") depth++;
    else if (letter === "}" && --depth === 0) return at + 1;
  }
  return text.length;
}
