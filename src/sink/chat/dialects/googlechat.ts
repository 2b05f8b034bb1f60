import type { Dialect } from "../dialect.ts";
import { jsonBytes } from "../fit.ts";
import { breakWords, withoutBackticks, ZERO_WIDTH } from "./break-words.ts";
import { HTML } from "./html.ts";

/**
 * The text of a message in Google Chat knows no escape: a zero-width space after `<` keeps mentions and links from being
 * read, and one after a sign of emphasis keeps it a sign. https://developers.google.com/workspace/chat/format-messages
 */
function inert(foreign: string): string {
  return breakWords(withoutBackticks(foreign)).replaceAll(/[<*_~]/gu, `$&${ZERO_WIDTH}`);
}

/** For the text of a message, which phones show. */
export const GOOGLE_TEXT: Dialect = {
  text: inert,
  bold: inert,
  code: inert,
  fence: inert,
  link: (label, url) => `${inert(label)}: ${url}`,
  lineBreak: "\n",
  measure: jsonBytes,
};

/** For the paragraphs of a card, which have some tags of HTML, but none for code. */
export const GOOGLE_CARD: Dialect = {
  ...HTML,
  code: HTML.text,
  fence: HTML.text,
  measure: jsonBytes,
};
