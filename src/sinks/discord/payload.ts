import type { RESTPostAPIWebhookWithTokenJSONBody } from "discord-api-types/v10";

import { type ChatMessage, DIALECTS, fit, layOut } from "../../sink/chat/index.ts";
import { COLOURS } from "../../sink/index.ts";

/**
 * Code units, which are never less than the characters that Discord counts: 2,000 of `content`, 4,096 of a description,
 * 2,048 of a footer, 6,000 of all embeds together
 * (https://discord.com/developers/docs/resources/message#embed-object-embed-limits).
 */
const LIMITS = { content: 1900, description: 4000, footer: 800 } as const;

/** The body of a post to a webhook. */
export type DiscordPayload = RESTPostAPIWebhookWithTokenJSONBody;

type Told = Pick<ChatMessage<unknown>, "shown" | "mentions" | "now">;

/** The whole message: the headline as text, which is also the notification on a phone, and the rest beside a coloured bar. */
export function toPayload({ shown, mentions, now }: Told): DiscordPayload {
  const { plain, discord: dialect } = DIALECTS;
  const without = ["headline", "why"] as const;
  // Discord reads no markup in a footer.
  const description = layOut(shown, { dialect, limit: LIMITS.description, now, without });
  const footer = fit(shown.why.join(" · "), LIMITS.footer, plain.text, plain.measure);
  const embed = {
    color: Number.parseInt(COLOURS[shown.state].slice(1), 16),
    description,
    ...(footer === "" ? {} : { footer: { text: footer } }),
  };
  return {
    content: layOut(shown, { dialect, limit: LIMITS.content, now, mentions, only: ["headline"] }),
    // An embed without a text is refused; none takes away that of an earlier message.
    embeds: description === "" ? [] : [embed],
    allowed_mentions: allowed(mentions),
  };
}

/** The same without an embed, for a webhook that refuses it. */
export function toPlainPayload({ shown, mentions, now }: Told): DiscordPayload {
  const content = layOut(shown, { dialect: DIALECTS.discord, limit: LIMITS.content, now, mentions });
  return { content, embeds: [], allowed_mentions: allowed(mentions) };
}

/** Only whom the configuration names is notified: `parse: []` makes every other mention a text. */
function allowed(mentions: readonly string[]): NonNullable<DiscordPayload["allowed_mentions"]> {
  const idsOf = (kind: RegExp): string[] => mentions.flatMap((mention) => kind.exec(mention)?.[1] ?? []);
  return { parse: [], roles: idsOf(/^<@&(\d+)>$/u), users: idsOf(/^<@(\d+)>$/u) };
}
