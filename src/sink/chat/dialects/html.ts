import type { Dialect } from "../dialect.ts";
import { codeUnits } from "../fit.ts";
import { breakWords } from "./break-words.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text without anything that HTML gives a meaning to, also inside an attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/gu, (char) => ENTITIES[char] ?? char);
}

const inert = (foreign: string): string => escapeHtml(breakWords(foreign));

/** The few tags that chats with HTML have in common, such as Google Chat's cards and Pushover. */
export const HTML: Dialect = {
  text: inert,
  bold: (foreign) => `<b>${inert(foreign)}</b>`,
  code: (foreign) => `<code>${escapeHtml(foreign)}</code>`,
  fence: (foreign) => `<pre>${escapeHtml(foreign)}</pre>`,
  link: (label, url) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`,
  lineBreak: "\n",
  measure: codeUnits,
};
