import type { Dialect } from "../dialect.ts";
import { breakWords } from "./break-words.ts";
import { inBrackets, MARKDOWN } from "./markdown.ts";

/**
 * Clients differ in whether a backslash is shown, so only what begins a link, an image, code or emphasis has one: that
 * is enough to break it either way.
 */
const SIGNS = /[\\*`<[\]()!]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|~(?=~)|(?<=^\s*)[#>+=-]|(?<=^\s*\d+)\./gmu;

function escapeDingtalk(text: string): string {
  return breakWords(text.replaceAll(SIGNS, String.raw`\$&`));
}

/** Two blanks before it make a line break a line break. */
const LINE_BREAK = "  \n";

/** The part of Markdown that DingTalk's robots know. A mention needs the field `at`, so that no text is one. */
export const DINGTALK: Dialect = {
  ...MARKDOWN,
  text: (foreign) => escapeDingtalk(foreign).replaceAll("\n", LINE_BREAK),
  bold: (foreign) => `**${escapeDingtalk(foreign)}**`,
  // Code is not among what robots may send.
  code: escapeDingtalk,
  fence: (foreign) => `> ${escapeDingtalk(foreign).replaceAll("\n", `${LINE_BREAK}> `)}`,
  link: (label, url) => `[${escapeDingtalk(label)}](${inBrackets(url)})`,
  lineBreak: LINE_BREAK,
};
