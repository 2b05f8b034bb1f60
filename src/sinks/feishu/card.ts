import { type ChatMessage, DIALECTS, fit, layOut } from "../../sink/chat/index.ts";
import type { Presentation } from "../../sink/index.ts";

/**
 * UTF-8 bytes of each part. A body may have 20 KB (https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot),
 * and each byte of a text may be two in JSON.
 */
const LIMITS = { title: 600, body: 7600, note: 800, text: 7600 } as const;
/** A bot with the security setting "keywords" takes only what has one of them, so every message has this one. */
const KEYWORD = "tocsin";

/** Colours of a card's head (https://open.feishu.cn/document/feishu-cards/card-components/content-components/title). */
const COLOURS: Readonly<Record<Presentation["state"], string>> = {
  critical: "red",
  warning: "orange",
  info: "blue",
  resolved: "green",
  quiet: "grey",
  test: "blue",
};

type Told = Pick<ChatMessage<unknown>, "shown" | "mentions" | "now">;

/** A card: the headline in the colour of the state, the message, and the reasons in small letters. */
export function toCard({ shown, mentions, now }: Told): object {
  const called = mentions.map((mention) => `<at id=${mention}></at>`).join(" ");
  const rest = layOut(shown, {
    dialect: DIALECTS.feishu,
    limit: LIMITS.body,
    now,
    without: ["headline", "why"],
  });
  const content = [called, rest].filter((part) => part !== "").join("\n");
  return {
    config: { wide_screen_mode: true },
    header: { title: plainText(titleOf(shown)), template: COLOURS[shown.state] },
    elements: [
      ...(content === "" ? [] : [{ tag: "markdown", content }]),
      { tag: "note", elements: [plainText(noteOf(shown))] },
    ],
  };
}

/** The whole message as text. */
export function toText({ shown, mentions, now }: Told): string {
  const called = mentions.map((mention) => `<at user_id="${mention}"></at>`);
  const text = layOut(shown, {
    dialect: DIALECTS.defused,
    limit: LIMITS.text,
    now,
    mentions: called,
    without: ["why"],
  });
  return `${text}\n${noteOf(shown)}`;
}

function titleOf({ sign, headline, cluster }: Presentation): string {
  return defused(`${sign} ${headline}${cluster === "" ? "" : ` — ${cluster}`}`, LIMITS.title);
}

function noteOf({ why }: Presentation): string {
  return [KEYWORD, defused(why.join(" · "), LIMITS.note)].filter((part) => part !== "").join(" · ");
}

function plainText(content: string): object {
  return { tag: "plain_text", content };
}

/** @param limit UTF-8 bytes. */
function defused(text: string, limit: number): string {
  return fit(text, limit, DIALECTS.defused.text, DIALECTS.feishu.measure);
}
