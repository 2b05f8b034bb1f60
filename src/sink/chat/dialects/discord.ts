import type { Dialect } from "../dialect.ts";
import { MARKDOWN } from "./markdown.ts";

/**
 * Markdown as Discord reads it. Mentions are off by `allowed_mentions` as well; an embed shows them, and notifies nobody.
 * https://discord.com/developers/docs/reference#message-formatting
 */
export const DISCORD: Dialect = {
  ...MARKDOWN,
  instant: (at, now, precision) => {
    const isToday = new Date(at).toISOString().slice(0, 10) === new Date(now).toISOString().slice(0, 10);
    const form = isToday ? (precision === "seconds" ? "T" : "t") : "f";
    return `<t:${Math.floor(at / 1000)}:${form}>`;
  },
};
