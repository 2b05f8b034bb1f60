/** Nobody sees it; between two characters it keeps a receiver from reading them as one word or one sign. */
export const ZERO_WIDTH = "\u200b";

/**
 * Breaks what chats find in a text by themselves, without any markup: `@name`, and addresses with a scheme or `www.`.
 * For receivers that know no escape for it.
 */
export function breakWords(text: string): string {
  return text
    .replaceAll(/[@＠](?=[\p{L}\p{N}_])/gu, `$&${ZERO_WIDTH}`)
    .replaceAll(/:(?=\/\/)|(?<![\p{L}\p{N}])(?:www(?=\.)|mailto:|tel:)/giu, `$&${ZERO_WIDTH}`);
}

/** For code, which thus cannot be ended from inside: U+02CB looks like a backtick and means nothing. */
export function withoutBackticks(text: string): string {
  return text.replaceAll("`", "\u02cb");
}
