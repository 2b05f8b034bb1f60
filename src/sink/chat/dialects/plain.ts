import type { Dialect } from "../dialect.ts";
import { codeUnits } from "../fit.ts";
import { breakWords, ZERO_WIDTH } from "./break-words.ts";

/** For receivers that show a text as it is and find nothing in it, such as those of on-call services. */
export const PLAIN: Dialect = {
  text: String,
  bold: String,
  code: String,
  fence: String,
  link: (label, url) => `${label}: ${url}`,
  lineBreak: "\n",
  measure: codeUnits,
};

/** Feishu finds `<at user_id="all">` even in texts without markup. */
function defuse(text: string): string {
  return breakWords(text.replaceAll(/<(?=\s*\/?at\b)/giu, `$&${ZERO_WIDTH}`));
}

/** For receivers that show a text as it is, except that they look for mentions and addresses in it. */
export const DEFUSED: Dialect = {
  ...PLAIN,
  text: defuse,
  bold: defuse,
  code: defuse,
  fence: defuse,
};
