import { type ChatMessage, DIALECTS, layOut } from "../../sink/chat/index.ts";
import { COLOURS } from "../../sink/index.ts";

/**
 * Bytes of JSON: a message has at most 32,000 with its card and the links
 * (https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create).
 */
const LIMITS = { headline: 1500, card: 16_000, plain: 12_000 } as const;

/** A message without its thread. */
export interface GoogleChatMessage {
  readonly text: string;
  readonly cardsV2?: readonly { readonly cardId: string; readonly card: GoogleChatCard }[];
}

interface GoogleChatCard {
  readonly sections: readonly { readonly widgets: readonly Widget[] }[];
}

type Widget =
  | { readonly textParagraph: { readonly text: string } }
  | { readonly buttonList: { readonly buttons: readonly Button[] } };

interface Button {
  readonly text: string;
  readonly onClick: { readonly openLink: { readonly url: string } };
}

/** The headline as text, which is also the notification on a phone, and the rest as a card. */
export function toMessage(message: ChatMessage<unknown>): GoogleChatMessage {
  const { shown, mentions, now } = message;
  const text = layOut(shown, {
    dialect: DIALECTS.googletext,
    limit: LIMITS.headline,
    now,
    mentions,
    only: ["headline"],
  });
  const dialect = DIALECTS.googlecard;
  const title = `<font color="${COLOURS[shown.state]}">`;
  const headline = layOut(
    { ...shown, sign: "" },
    { dialect, limit: LIMITS.headline, now, only: ["headline"] },
  );
  const buttons = shown.links.map(({ label, url }): Button => ({
    text: label,
    onClick: { openLink: { url } },
  }));
  const rest = layOut({ ...shown, links: [] }, { dialect, limit: LIMITS.card, now, without: ["headline"] });
  const paragraph = {
    textParagraph: { text: `${title}${headline.trim()}</font>${rest === "" ? "" : `\n${rest}`}` },
  };
  const widgets: readonly Widget[] =
    buttons.length === 0 ? [paragraph] : [paragraph, { buttonList: { buttons } }];
  return { text, cardsV2: [{ cardId: "alert", card: { sections: [{ widgets }] } }] };
}

/** The same without a card. */
export function toPlainMessage({ shown, mentions, now }: ChatMessage<unknown>): GoogleChatMessage {
  return { text: layOut(shown, { dialect: DIALECTS.googletext, limit: LIMITS.plain, now, mentions }) };
}
