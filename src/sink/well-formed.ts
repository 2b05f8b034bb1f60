/** A pair of backslashes is text. `JSON.stringify` escapes only halves of surrogate pairs, and in lower case. */
const BACKSLASHES_OR_SURROGATE = /\\\\|\\ud[89a-f][\da-f]{2}/gu;

/** JSON with halves of surrogate pairs replaced by U+FFFD: strict parsers would refuse the whole document for one. */
export function wellFormedJson(json: string): string {
  if (!json.includes("\\ud")) return json;
  return json.replaceAll(BACKSLASHES_OR_SURROGATE, (found) => (found === "\\\\" ? found : "\ufffd"));
}
