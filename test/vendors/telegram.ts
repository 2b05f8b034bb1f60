import { z } from "zod";

import { type ChatVendor, json, type Reply } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import { parseHtml } from "./telegram/html.ts";
import type { VendorRoom } from "./vendor-room.ts";

/** https://core.telegram.org/bots/api#making-requests: the status is that of `error_code`. */
const refuse = (code: number, description: string, parameters?: Readonly<Record<string, number>>): Reply =>
  json(code, {
    ok: false,
    error_code: code,
    description,
    ...(parameters === undefined ? {} : { parameters }),
  });
const accept = (result: unknown): Reply => json(200, { ok: true, result });
const badRequest = (word: string): Reply => refuse(400, `Bad Request: ${word}`);

/** A number or a text: https://core.telegram.org/bots/api#sendmessage. Ids of supergroups exceed 32 bits. */
const chat = z.union([z.int(), z.string().min(1)]).transform(String);

/** https://core.telegram.org/bots/api#sendmessage */
const common = {
  chat_id: chat,
  text: z.string(),
  parse_mode: z.string().optional(),
  entities: z.array(z.unknown()).optional(),
  link_preview_options: z
    .object({ is_disabled: z.boolean().optional(), url: z.string().optional() })
    .optional(),
  reply_markup: z.unknown().optional(),
};
const sendMessage = z.object({
  ...common,
  message_thread_id: z.int().optional(),
  disable_notification: z.boolean().optional(),
  protect_content: z.boolean().optional(),
  /** https://core.telegram.org/bots/api#replyparameters */
  reply_parameters: z
    .object({
      message_id: z.int(),
      chat_id: chat.optional(),
      allow_sending_without_reply: z.boolean().optional(),
    })
    .optional(),
});
/** https://core.telegram.org/bots/api#editmessagetext */
const editMessageText = z.object({ ...common, message_id: z.int() });

const TOKEN = "^/bot(?<token>[^/]+)";

/** Telegram's bots: https://core.telegram.org/bots/api */
export const telegram = {
  type: "telegram",
  routes: [
    {
      method: "POST",
      path: new RegExp(`${TOKEN}/sendMessage$`, "iu"),
      take: ({ json: sent }, room) => {
        const read = room.read(sendMessage, sent);
        if ("issues" in read) return badRequest(wordFor(read.issues));
        const { chat_id: place, reply_parameters: reply, message_thread_id: topic } = read.value;
        const shown = show(read.value);
        if ("refusal" in shown) return shown.refusal;
        const isThere = reply === undefined || room.find(keyOf(place, reply.message_id)) !== undefined;
        if (!isThere && reply?.allow_sending_without_reply !== true)
          return badRequest("message to be replied not found");
        const number = room.messages.length + 1;
        const answered = isThere ? reply?.message_id : undefined;
        const thread = answered ?? topic;
        const id = keyOf(place, number);
        room.post({
          id,
          place,
          ...shown,
          ...(thread === undefined ? {} : { thread: String(thread) }),
          body: sent,
        });
        return accept(messageOf(place, number, shown.text, room));
      },
    },
    {
      method: "POST",
      path: new RegExp(`${TOKEN}/editMessageText$`, "iu"),
      take: ({ json: sent }, room) => {
        const read = room.read(editMessageText, sent);
        if ("issues" in read) return badRequest(wordFor(read.issues));
        const { chat_id: place, message_id: number } = read.value;
        const id = keyOf(place, number);
        const old = room.find(id);
        if (old === undefined) return badRequest("message to edit not found");
        const shown = show(read.value);
        if ("refusal" in shown) return shown.refusal;
        if (shown.text === old.text) return badRequest(NOT_MODIFIED);
        // An edit makes no sound.
        room.edit(id, { text: shown.text, body: sent });
        return accept(messageOf(place, number, shown.text, room));
      },
    },
    {
      method: "GET",
      path: new RegExp(`${TOKEN}/getMe$`, "iu"),
      take: () => accept({ id: 123_456, is_bot: true, first_name: "Tocsin", username: "tocsin_bot" }),
    },
  ],
  notFound: refuse(404, "Not Found"),
  // Words as answered by Telegram: https://github.com/TelegramBotAPI/errors
  states: {
    "wrong token": refuse(401, "Unauthorized"),
    "chat missing": refuse(400, "Bad Request: chat not found"),
    "group became a supergroup": refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", {
      migrate_to_chat_id: -1_001_234_567_890,
    }),
    "topic closed": refuse(400, "Bad Request: TOPIC_CLOSED"),
    "topic missing": refuse(400, "Bad Request: message thread not found"),
    "no right to write": refuse(400, "Bad Request: not enough rights to send text messages to the chat"),
    "bot kicked": refuse(403, "Forbidden: bot was kicked from the supergroup chat"),
    "bot blocked": refuse(403, "Forbidden: bot was blocked by the user"),
    "internal error": refuse(500, "Internal Server Error"),
  },
  rate: {
    // https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
    windows: [
      { requests: 1, seconds: 1 },
      { requests: 20, seconds: 60 },
    ],
    of: ({ json: sent }) => String(z.looseObject({ chat_id: z.unknown() }).safeParse(sent).data?.chat_id),
    // https://core.telegram.org/bots/api#responseparameters: whole seconds.
    refusal: (seconds) =>
      refuse(429, `Too Many Requests: retry after ${Math.ceil(seconds)}`, {
        retry_after: Math.ceil(seconds),
      }),
  },
} satisfies ChatVendor;

/** https://github.com/TelegramBotAPI/errors/blob/master/json/bad-request-message-not-modified.json */
const NOT_MODIFIED =
  "message is not modified: specified new message content and reply markup are exactly the same as a current content " +
  "and reply markup of the message";

/** Numbers of messages count for each chat. */
function keyOf(place: string, number: number): string {
  return `${place}/${number}`;
}

function messageOf(place: string, number: number, text: string, { now }: VendorRoom): unknown {
  return { message_id: number, date: Math.floor(now / 1000), chat: { id: Number(place) || place }, text };
}

/** The text as people see it; the limits hold after the markup is taken away. */
function show({
  text: written,
  parse_mode: mode = "",
  entities = [],
}: z.infer<typeof sendMessage> | z.infer<typeof editMessageText>):
  | { readonly text: string; readonly pings: readonly string[] }
  | { readonly refusal: Reply } {
  // Markdown modes exist; Tocsin does not speak them, and this fake cannot judge them.
  if (!/^(?:html)?$/iu.test(mode)) return { refusal: badRequest("unsupported parse_mode") };
  const parsed = mode === "" ? { text: written, users: [] } : parseHtml(written);
  if ("fault" in parsed) return { refusal: badRequest(`can't parse entities: ${parsed.fault}`) };
  const text = parsed.text.trim();
  if (text === "") return { refusal: badRequest("message text is empty") };
  // 1 to 4096 characters after entities parsing, in code points as measured: https://github.com/FerroxLabs/wayland/issues/934
  if (LENGTH.characters(text) > 4096) return { refusal: badRequest("message is too long") };
  const names = withoutCode(written, mode, entities).match(/(?<!\w)@\w{4,32}/gu) ?? [];
  return { text, pings: [...names, ...parsed.users] };
}

/**
 * The text in which Telegram looks for mentions: "pre and code entities can't contain any other entities"
 * (https://core.telegram.org/bots/api#formatting-options).
 */
function withoutCode(written: string, mode: string, entities: readonly unknown[]): string {
  if (mode !== "") return written.replaceAll(/<(code|pre)\b.*?<\/\1>/gsu, " ");
  const Code = z.object({ type: z.enum(["code", "pre"]), offset: z.int(), length: z.int() });
  const spans = entities.flatMap((entity) => Code.safeParse(entity).data ?? []);
  // Offsets count UTF-16 units.
  return [...spans].reduce(
    (text, { offset, length }) => text.slice(0, offset) + " ".repeat(length) + text.slice(offset + length),
    written,
  );
}

/** A missing chat and a missing text have words of their own. */
function wordFor(issues: readonly z.core.$ZodIssue[]): string {
  const [key] = issues[0]?.path ?? [];
  if (key === "chat_id") return "chat_id is empty";
  if (key === "text") return "message text is empty";
  if (key === "message_id") return "message identifier is not specified";
  return key === undefined ? "can't parse JSON object" : `can't parse ${String(key)}`;
}
