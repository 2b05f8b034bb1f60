import type { Dialect } from "../dialect.ts";
import { utf8Bytes } from "../fit.ts";
import { breakWords, withoutBackticks, ZERO_WIDTH } from "./break-words.ts";
import { inBrackets } from "./markdown.ts";

/** WeCom knows no escape: an unseen character breaks `<@id>`, `<font>`, `[…](…)`, `**`, quotes and headings. */
function escapeWecom(text: string): string {
  const broken = withoutBackticks(text)
    .replaceAll(/[<\]!]|\*(?=\*)/gu, `$&${ZERO_WIDTH}`)
    .replaceAll(/^\s*(?=[#>])/gmu, `$&${ZERO_WIDTH}`);
  return breakWords(broken);
}

/**
 * The part of Markdown that WeCom's robots know (https://developer.work.weixin.qq.com/document/path/91770). They count
 * bytes.
 */
export const WECOM: Dialect = {
  text: escapeWecom,
  bold: (foreign) => `**${escapeWecom(foreign)}**`,
  code: (foreign) => `\`${escapeWecom(foreign)}\``,
  fence: (foreign) => `> ${escapeWecom(foreign).replaceAll("\n", "\n> ")}`,
  link: (label, url) => `[${escapeWecom(label)}](${inBrackets(url)})`,
  lineBreak: "\n",
  measure: utf8Bytes,
};
