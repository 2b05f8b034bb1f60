import type { Dialect } from "../dialect.ts";
import { utf8Bytes } from "../fit.ts";
import { ZERO_WIDTH } from "./break-words.ts";
import { escapeMarkdown, MARKDOWN } from "./markdown.ts";

/** Two blanks before it make a line break a line break. */
const LINE_BREAK = "  \n";

/** It looks for `<@all>` and `<@personEmail:…>` before it looks for code. */
function breakMentions(text: string): string {
  return text.replaceAll(/<(?=@)/gu, `$&${ZERO_WIDTH}`);
}

/** Markdown of Webex, which counts bytes (https://developer.webex.com/docs/basics#formatting-messages). */
export const WEBEX: Dialect = {
  ...MARKDOWN,
  text: (foreign) => escapeMarkdown(foreign).replaceAll("\n", LINE_BREAK),
  code: (foreign) => MARKDOWN.code(breakMentions(foreign)),
  fence: (foreign) => MARKDOWN.fence(breakMentions(foreign)),
  lineBreak: LINE_BREAK,
  measure: utf8Bytes,
};
