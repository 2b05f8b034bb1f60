/** The separator, the escape itself, and what no store and no log keeps as it is. */
const SPECIAL = /[/%\p{Cc}]/u;
const EACH_SPECIAL = /[/%\p{Cc}]/gu;

/**
 * Joins texts to one key, `a/b/c`. Different lists give different keys, also where a text has a separator or a control
 * character: these become `%2F` and the like.
 */
export function joinKey(parts: readonly string[]): string {
  return parts.map(escapePart).join("/");
}

/** A text as `joinKey` writes it: without separators and control characters. */
export function escapePart(part: string): string {
  return SPECIAL.test(part) ? part.replace(EACH_SPECIAL, escapeCharacter) : part;
}

/** The texts that `joinKey` joined. */
export function splitKey(key: string): readonly string[] {
  const parts = key.split("/");
  return key.includes("%") ? parts.map(unescapePart) : parts;
}

function unescapePart(part: string): string {
  return part.replace(/%([\dA-F]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** All of them are below U+00A0. */
function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
