import type { Dialect } from "../dialect.ts";
import { utf8Bytes } from "../fit.ts";
import { breakWords } from "./break-words.ts";
import { inBrackets } from "./markdown.ts";

const NAMED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const SIGNS = /[&<>\\*~`[\]()!|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|(?<=^\s*)[#+=-]|(?<=^\s*\d+)\./gmu;

/** Entities make `<at id=all>` and every other sign a letter. */
function escapeFeishu(text: string): string {
  return breakWords(text.replaceAll(SIGNS, (sign) => NAMED[sign] ?? `&#${sign.charCodeAt(0)};`));
}

/** Markdown in a card of Feishu and Lark, which count bytes. */
export const FEISHU: Dialect = {
  text: escapeFeishu,
  bold: (foreign) => `**${escapeFeishu(foreign)}**`,
  code: escapeFeishu,
  fence: escapeFeishu,
  link: (label, url) => `[${escapeFeishu(label)}](${inBrackets(url)})`,
  lineBreak: "\n",
  measure: utf8Bytes,
};
