/** A pair of backslashes is text. `JSON.stringify` escapes halves of pairs only, and in lower case. */
const BACKSLASHES_OR_SURROGATE = /\\\\|\\ud[89a-f][\da-f]{2}/gu;

/**
 * JSON in which a half of a surrogate pair has become U+FFFD, as on every other way onto a wire: strict parsers refuse
 * the whole document for it.
 */
export function wellFormedJson(json: string): string {
  if (!json.includes("\\ud")) return json;
  return json.replaceAll(BACKSLASHES_OR_SURROGATE, (found) => (found === "\\\\" ? found : "\ufffd"));
}
