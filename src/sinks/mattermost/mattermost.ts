import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import {
  type ChatMessage,
  defineChatSink,
  DIALECTS,
  jsonBytes,
  layOut,
  mentionsOption,
  type Reading,
} from "../../sink/chat/index.ts";
import { COLOURS } from "../../sink/index.ts";
import { WORDS } from "./words.ts";

/**
 * Characters as JSON has them, of which a text may have 16,383, and all attachments together 7,900 in servers before
 * 5.32 (https://docs.mattermost.com/integrations-guide/incoming-webhooks.html): longer ones are split or cut.
 */
const LIMITS = { headline: 1000, attachment: 6500, plain: 7000 } as const;

const DIALECT = { ...DIALECTS.markdown, measure: jsonBytes };

const Options = strict({
  url: SecretRef.describe("an incoming webhook's URL: everyone who has it can post"),
  channel: z
    .string()
    .regex(/^@?[\d_a-z][\d_a-z.-]{0,63}$/u, {
      error: "expected the name of a channel as in its address, such as town-square, or @username",
    })
    .optional()
    .describe("another channel than that of the webhook, by the name in its address"),
  mentions: mentionsOption(/^@[a-z][\d_a-z.-]{0,63}$/u, "write @username, @group, @channel or @here"),
});
type Options = z.infer<typeof Options>;

/** Of a refusal; an acceptance is the text `ok`. */
const Refusal = z.object({ id: z.string(), message: z.string().optional().catch(undefined) });

/** Posts to one channel of Mattermost through an incoming webhook. */
export const mattermost = defineChatSink<Options>({
  type: "mattermost",
  options: Options,
  // A server has no limit by itself; where an administrator sets one, its default is ten a second.
  traits: () => ({ rateLimit: { count: 5, perMs: 5000 }, concurrency: 1 }),
  connect: ({ url }, open) => {
    const address = open(url);
    return { target: () => ({ url: address.reveal() }) };
  },
  render: (message) => ({ body: { ...placeOf(message), ...contentOf(message) } }),
  plain: (message) => ({ body: { ...placeOf(message), text: textOf(message, LIMITS.plain) } }),
  answers: {
    read: (json, { body }) => (body.trim() === "ok" ? { says: "yes" } : read(json)),
    words: WORDS,
  },
});

/** The headline as text, which is also the notification on a phone, and the rest beside a coloured bar. */
function contentOf({ shown, mentions, now }: ChatMessage<Options>): object {
  const color = COLOURS[shown.state];
  const rest = layOut(shown, { dialect: DIALECT, limit: LIMITS.attachment, now, without: ["headline"] });
  return {
    text: layOut(shown, { dialect: DIALECT, limit: LIMITS.headline, now, mentions, only: ["headline"] }),
    attachments: rest === "" ? [] : [{ color, text: rest }],
  };
}

function textOf({ shown, mentions, now }: ChatMessage<Options>, limit: number): string {
  return layOut(shown, { dialect: DIALECT, limit, now, mentions });
}

function placeOf({ options: { channel } }: ChatMessage<Options>): object {
  return channel === undefined ? {} : { channel };
}

function read(json: unknown): Reading | undefined {
  const { data } = Refusal.safeParse(json);
  if (data === undefined) return undefined;
  return { says: "no", word: data.id, ...(data.message === undefined ? {} : { reason: data.message }) };
}
