import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import {
  type ChatMessage,
  defineChatSink,
  DIALECTS,
  layOut,
  mentionsOption,
  type Reading,
} from "../../sink/chat/index.ts";
import { COLOURS } from "../../sink/index.ts";
import { waitOf, WORDS } from "./words.ts";

/** Code units: 5,000 of a text unless the server has another Message_MaxAllowedSize. */
const LIMITS = { headline: 1000, attachment: 4500, plain: 4500 } as const;

const Options = strict({
  url: SecretRef.describe("an incoming webhook's URL: everyone who has it can post"),
  channel: z
    .string()
    .regex(/^[#@][\p{L}\p{N}_.-]{1,64}$/u, { error: "expected #channel or @username" })
    .optional()
    .describe("another channel than that of the webhook: #channel, or @username"),
  mentions: mentionsOption(/^@[\p{L}\p{N}_.-]{1,64}$/u, "write @username, @all or @here"),
});
type Options = z.infer<typeof Options>;

const Answer = z.object({ success: z.boolean(), error: z.string().optional().catch(undefined) });

/** Posts to one channel of Rocket.Chat through an incoming webhook. */
export const rocketchat = defineChatSink<Options>({
  type: "rocketchat",
  options: Options,
  // A server takes 10 in a minute unless it is set otherwise (https://docs.rocket.chat/docs/rate-limiter).
  traits: () => ({ rateLimit: { count: 2, perMs: 15_500 }, concurrency: 1 }),
  connect: ({ url }, open) => {
    const address = open(url);
    return { target: () => ({ url: address.reveal() }) };
  },
  render: (message) => ({ body: { ...placeOf(message), ...contentOf(message) } }),
  plain: (message) => ({ body: { ...placeOf(message), text: textOf(message), parseUrls: false } }),
  answers: { read, words: WORDS },
});

/** The headline as text, without which phones show nothing, and the rest beside a coloured bar. */
function contentOf({ shown, mentions, now }: ChatMessage<Options>): object {
  const dialect = DIALECTS.markdown;
  const color = COLOURS[shown.state];
  const rest = layOut(shown, { dialect, limit: LIMITS.attachment, now, without: ["headline"] });
  return {
    text: layOut(shown, { dialect, limit: LIMITS.headline, now, mentions, only: ["headline"] }),
    attachments: rest === "" ? [] : [{ color, text: rest }],
    parseUrls: false,
  };
}

function textOf({ shown, mentions, now }: ChatMessage<Options>): string {
  return layOut(shown, { dialect: DIALECTS.markdown, limit: LIMITS.plain, now, mentions });
}

function placeOf({ options: { channel } }: ChatMessage<Options>): object {
  return channel === undefined ? {} : { channel };
}

function read(json: unknown): Reading | undefined {
  const { data } = Answer.safeParse(json);
  if (data === undefined) return undefined;
  if (data.success) return { says: "yes" };
  const { error } = data;
  if (error === undefined) return { says: "no" };
  const retryAfterMs = waitOf(error);
  return {
    says: "no",
    reason: error,
    ...(WORDS.has(error) ? { word: error } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
