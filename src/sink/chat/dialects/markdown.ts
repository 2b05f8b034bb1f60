import type { Dialect } from "../dialect.ts";
import { codeUnits } from "../fit.ts";
import { breakWords, withoutBackticks } from "./break-words.ts";

/** Signs of CommonMark and its usual extensions. A backslash makes any sign of ASCII a letter. */
const SIGNS = /[\\*_~`|<>[\]()#!&-]|(?<=^\s*)[+=]|(?<=^\s*\d+)\./gmu;

/** Text without any sign that has a meaning in Markdown, and without the mentions and links that need no sign. */
export function escapeMarkdown(text: string): string {
  return breakWords(text.replaceAll(SIGNS, String.raw`\$&`));
}

/** An address for the brackets of a link. */
export function inBrackets(url: string): string {
  return url.replaceAll("(", "%28").replaceAll(")", "%29");
}

/** Markdown in which a backslash makes a sign literal, as in Mattermost, Rocket.Chat and Webex. */
export const MARKDOWN: Dialect = {
  text: escapeMarkdown,
  bold: (foreign) => `**${escapeMarkdown(foreign)}**`,
  code: (foreign) => `\`${withoutBackticks(foreign)}\``,
  fence: (foreign) => `\`\`\`\n${withoutBackticks(foreign)}\n\`\`\``,
  link: (label, url) => `[${escapeMarkdown(label)}](${inBrackets(url)})`,
  lineBreak: "\n",
  measure: codeUnits,
};
