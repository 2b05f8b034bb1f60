import type { Dialect } from "../dialect.ts";
import { ADAPTIVE } from "./adaptive.ts";
import { DINGTALK } from "./dingtalk.ts";
import { DISCORD } from "./discord.ts";
import { FEISHU } from "./feishu.ts";
import { GOOGLE_CARD, GOOGLE_TEXT } from "./googlechat.ts";
import { HTML } from "./html.ts";
import { MARKDOWN } from "./markdown.ts";
import { DEFUSED, PLAIN } from "./plain.ts";
import { TELEGRAM } from "./telegram.ts";
import { WEBEX } from "./webex.ts";
import { WECOM } from "./wecom.ts";

/** Every markup that a chat sink may write; the test of hostile texts runs over all of them. */
export const DIALECTS = {
  plain: PLAIN,
  defused: DEFUSED,
  html: HTML,
  markdown: MARKDOWN,
  telegram: TELEGRAM,
  discord: DISCORD,
  adaptive: ADAPTIVE,
  dingtalk: DINGTALK,
  feishu: FEISHU,
  webex: WEBEX,
  wecom: WECOM,
  googletext: GOOGLE_TEXT,
  googlecard: GOOGLE_CARD,
} as const satisfies Readonly<Record<string, Dialect>>;
