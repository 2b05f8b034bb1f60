import type { Dialect } from "../dialect.ts";
import { utf8Bytes } from "../fit.ts";
import { MARKDOWN } from "./markdown.ts";

/**
 * Markdown of a TextBlock in an Adaptive Card: it has no code, which a card shows in a block of its own with
 * `fontType: "Monospace"`. https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features
 */
export const ADAPTIVE: Dialect = {
  ...MARKDOWN,
  code: MARKDOWN.text,
  fence: MARKDOWN.text,
  // A single line break is a blank.
  lineBreak: "\n\n",
  measure: utf8Bytes,
};
