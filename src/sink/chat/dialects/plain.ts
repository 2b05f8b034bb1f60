import type { Dialect } from "../dialect.ts";
import { codeUnits } from "../fit.ts";
import { breakWords } from "./break-words.ts";

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

/** For receivers that show a text as it is, except that they look for mentions and addresses in it. */
export const DEFUSED: Dialect = {
  ...PLAIN,
  text: breakWords,
  bold: breakWords,
  code: breakWords,
  fence: breakWords,
};
