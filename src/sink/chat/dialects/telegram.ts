import type { Dialect } from "../dialect.ts";
import { escapeHtml, HTML } from "./html.ts";

/**
 * Words of which Telegram makes a mention, a command, a tag or a link by itself, whatever the parse mode: `@name`, `a@b`,
 * `/start`, `#tag`, `$TAG`, `t.me/x`, `https://…`. In code it makes nothing of them.
 */
const LIVE = /[@＠]|:\/\/|\.\p{L}|\b(?:mailto|tel):|(?<![\p{L}\p{N}_])[/#$][\p{L}\p{N}_]/u;

/**
 * HTML as Telegram reads it (https://core.telegram.org/bots/api#html-style). Words that would become live are code,
 * which may be copied as it is; code is never inside another tag, which Telegram forbids.
 */
export const TELEGRAM: Dialect = {
  ...HTML,
  text: (foreign) => withCode(foreign, escapeHtml),
  bold: (foreign) => withCode(foreign, (text) => (text.trim() === "" ? text : `<b>${escapeHtml(text)}</b>`)),
  measure: visibleLength,
};

/** Writes runs of harmless words with `write`, the others as code. */
function withCode(text: string, write: (words: string) => string): string {
  if (!LIVE.test(text)) return write(text);
  const parts: string[] = [];
  let harmless = "";
  for (const word of text.split(/(\s+)/u)) {
    if (!LIVE.test(word)) {
      harmless += word;
      continue;
    }
    parts.push(write(harmless), HTML.code(word));
    harmless = "";
  }
  return parts.join("") + write(harmless);
}

/** Telegram counts what is seen: neither tags nor the addresses in them, and an entity as one. */
function visibleLength(markup: string): number {
  return markup.replaceAll(/<[^>]*>/gu, "").replaceAll(/&(?:amp|lt|gt|quot);/gu, " ").length;
}
