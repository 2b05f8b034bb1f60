import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { SecretRef } from "../../lib/secret.ts";
import { type ChatMessage, defineChatSink, DIALECTS, layOut, mentionsOption } from "../../sink/chat/index.ts";
import { migratedTo, read } from "./answer.ts";
import { WORDS } from "./words.ts";

/** Visible UTF-16 units; Telegram takes 4,096 (https://core.telegram.org/bots/api#sendmessage). */
const LIMIT = 4000;

const NO_CHAT = { error: "expected the id of a chat, such as -1001234567890, or @channelname" };

const Options = strict({
  token: SecretRef.describe("the bot's token: everyone who has it is the bot"),
  chat: z
    .union(
      [z.int().transform(String), z.string().regex(/^(?:-?\d{1,20}|@[A-Za-z]\w{3,31})$/u, NO_CHAT)],
      NO_CHAT,
    )
    .describe("the id of a group, channel or person, or @name of a public one"),
  topic: z.int().min(1).optional().describe("the id of a topic in a group with topics"),
  mentions: mentionsOption(/^@[A-Za-z]\w{3,31}$/u, "write @username"),
  url: PlainOrSecret.default("https://api.telegram.org").describe("a Bot API server of one's own"),
});
type Options = z.infer<typeof Options>;

/** Posts as a bot to one chat of Telegram. */
export const telegram = defineChatSink<Options>({
  type: "telegram",
  options: Options,
  // https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: one a second, and 20 a minute in a group.
  traits: ({ chat }) => ({
    rateLimit: /^\d/u.test(chat) ? { count: 1, perMs: 1000 } : { count: 1, perMs: 3100 },
    concurrency: 1,
  }),
  connect: (options, open) => {
    const [server, token] = [open(options.url), open(options.token)];
    let chat = options.chat;
    return {
      target: () => ({
        url: `${server.reveal().replace(/\/$/u, "")}/bot${token.reveal()}`,
        fields: { chat_id: chat },
      }),
      room: () => chat,
      // A group that grows gets another id.
      learn: (json) => {
        const moved = migratedTo(json);
        chat = moved ?? chat;
        return moved !== undefined;
      },
    };
  },
  render: (message) => ({ path: "/sendMessage", body: { ...textOf(message), ...placeOf(message) } }),
  plain: (message) => ({ path: "/sendMessage", body: { ...plainOf(message), ...placeOf(message) } }),
  answers: { read, words: WORDS },
  thread: {
    // A reply is shown in the chat itself.
    abilities: { thread: true, edit: true, quietEdits: true, broadcast: false },
    at: ({ body }, step) => {
      const id = Number(step.thread);
      if (step.do === "edit") {
        // A message keeps its topic.
        return { path: "/editMessageText", body: { ...body, message_id: id, message_thread_id: undefined } };
      }
      return { path: "/sendMessage", body: { ...body, reply_parameters: { message_id: id } } };
    },
  },
});

/** Previews would load foreign pages. */
const SILENT = { link_preview_options: { is_disabled: true } } as const;

function textOf({ shown, mentions, now }: ChatMessage<Options>): object {
  const text = layOut(shown, { dialect: DIALECTS.telegram, limit: LIMIT, now, mentions });
  return { text, parse_mode: "HTML", ...SILENT };
}

/** Nothing of it is parsed: one entity makes code of everything but the mentions, in which Telegram finds nothing live. */
function plainOf({ shown, mentions, now }: ChatMessage<Options>): object {
  const text = layOut(shown, { dialect: DIALECTS.plain, limit: LIMIT - 400, now });
  const entities = [{ type: "pre", offset: 0, length: text.length }];
  return { text: [text, ...mentions].join("\n"), entities, ...SILENT };
}

function placeOf({ options: { topic } }: ChatMessage<Options>): object {
  return topic === undefined ? {} : { message_thread_id: topic };
}
