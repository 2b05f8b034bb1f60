import { z } from "zod";

import { type ChatVendor, json, type Reply } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import type { VendorMessage } from "./vendor-room.ts";

/** https://cloud.google.com/apis/design/errors#http_mapping */
const refuse = (code: number, status: string, message: string): Reply =>
  json(code, { error: { code, message, status } });
const invalid = (message: string): Reply => refuse(400, "INVALID_ARGUMENT", message);

const link = z.strictObject({ openLink: z.strictObject({ url: z.url({ protocol: /^https?$/u }) }) });
const icon = z.looseObject({});
const button = z.strictObject({
  text: z.string().optional(),
  icon: icon.optional(),
  color: z.looseObject({}).optional(),
  onClick: link,
  disabled: z.boolean().optional(),
  altText: z.string().optional(),
  type: z.enum(["OUTLINED", "FILLED", "FILLED_TONAL", "BORDERLESS"]).optional(),
});
/** https://developers.google.com/workspace/chat/api/reference/rest/v1/cards#widget, those that a message without input needs. */
const widget = z.union([
  z.strictObject({ textParagraph: z.strictObject({ text: z.string(), maxLines: z.int().optional() }) }),
  z.strictObject({
    decoratedText: z.strictObject({
      startIcon: icon.optional(),
      topLabel: z.string().optional(),
      text: z.string(),
      bottomLabel: z.string().optional(),
      wrapText: z.boolean().optional(),
      onClick: link.optional(),
      button: button.optional(),
    }),
  }),
  z.strictObject({ buttonList: z.strictObject({ buttons: z.array(button) }) }),
  z.strictObject({ divider: z.strictObject({}) }),
]);
const section = z.strictObject({
  header: z.string().optional(),
  widgets: z.array(widget),
  collapsible: z.boolean().optional(),
  uncollapsibleWidgetsCount: z.int().optional(),
});
const card = z.strictObject({
  name: z.string().optional(),
  header: z
    .strictObject({
      title: z.string(),
      subtitle: z.string().optional(),
      imageUrl: z.string().optional(),
      imageType: z.enum(["SQUARE", "CIRCLE"]).optional(),
      imageAltText: z.string().optional(),
    })
    .optional(),
  sections: z.array(section).optional(),
});
/** https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages; unknown fields are refused. */
const message = z.strictObject({
  text: z.string().optional(),
  fallbackText: z.string().optional(),
  cardsV2: z.array(z.strictObject({ cardId: z.string().optional(), card })).optional(),
  thread: z
    .strictObject({ name: z.string().optional(), threadKey: z.string().max(4000).optional() })
    .optional(),
});

type Sent = z.infer<typeof message>;

/** https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create#MessageReplyOption */
const REPLY_OPTIONS = new Set([
  "MESSAGE_REPLY_OPTION_UNSPECIFIED",
  "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD",
  "REPLY_MESSAGE_OR_FAIL",
]);

/** Google Chat's incoming webhooks: https://developers.google.com/workspace/chat/quickstart/webhooks */
export const googlechat = {
  type: "googlechat",
  routes: [
    {
      method: "POST",
      path: /^\/v1\/spaces\/(?<space>[\w-]+)\/messages$/u,
      take: ({ parts, query, body, json: sent }, room) => {
        if (sent === undefined) return invalid("Invalid JSON payload received. Unexpected end of string.");
        const read = room.read(message, sent);
        if ("issues" in read) return invalid(wordFor(read.issues));
        const { value } = read;
        if ((value.text ?? "") === "" && (value.cardsV2 ?? []).length === 0)
          return invalid("Message cannot be empty.");
        // 32,000 bytes with its cards, in words that are not published: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create
        if (LENGTH.bytes(body) > 32_000) return invalid("Message exceeds the maximum size of 32000 bytes.");
        const option = query.get("messageReplyOption") ?? "MESSAGE_REPLY_OPTION_UNSPECIFIED";
        if (!REPLY_OPTIONS.has(option))
          return invalid(`Invalid value at 'message_reply_option': "${option}"`);
        const place = `spaces/${parts["space"] ?? "any"}`;
        const key = value.thread?.threadKey ?? query.get("threadKey") ?? undefined;
        const named = value.thread?.name;
        const isReply = option.startsWith("REPLY");
        // As reported in https://github.com/caronc/apprise/pull/1376, without the words.
        if (isReply && key === undefined && named === undefined)
          return invalid("A message reply option needs a thread.");
        if (named !== undefined && !named.startsWith(`${place}/threads/`))
          return invalid("The request contains an invalid thread resource name");
        const wanted = named ?? `${place}/threads/${key}`;
        const isThere = room.messages.some(({ thread }) => thread === wanted);
        if (option === "REPLY_MESSAGE_OR_FAIL" && !isThere)
          return refuse(404, "NOT_FOUND", "Thread not found.");
        const again = query.get("requestId");
        const first = again === null ? undefined : room.find(`${place}/messages/client-${again}`);
        if (first !== undefined) return accept(first);
        const number = room.messages.length + 1;
        const id = `${place}/messages/${again === null ? number : `client-${again}`}`;
        // Without an option a thread is begun, whatever the key.
        const thread = isReply ? wanted : `${place}/threads/new-${number}`;
        return accept(
          room.post({ id, place, thread, text: textOf(value), pings: pingsOf(value), body: value }),
        );
      },
    },
  ],
  notFound: refuse(404, "NOT_FOUND", "Requested entity was not found."),
  // https://cloud.google.com/apis/design/errors#http_mapping; webhooks have words of their own for none of them.
  states: {
    "wrong token": refuse(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    "webhook deleted": refuse(404, "NOT_FOUND", "Requested entity was not found."),
    "no right to write": refuse(403, "PERMISSION_DENIED", "The caller does not have permission"),
    "internal error": refuse(500, "INTERNAL", "Internal error encountered."),
    unavailable: refuse(503, "UNAVAILABLE", "The service is currently unavailable."),
  },
  rate: {
    // One write a second and space: https://developers.google.com/workspace/chat/limits
    windows: [{ requests: 1, seconds: 1 }],
    of: ({ parts }) => parts["space"] ?? "",
    refusal: () => refuse(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
  },
} satisfies ChatVendor;

function accept({ id, thread, text }: VendorMessage): Reply {
  return json(200, { name: id, thread: { name: thread }, text });
}

/** The words of the text and of each card, without the tags that cards allow. */
function textOf({ text, cardsV2 = [] }: Sent): string {
  const cards = cardsV2.flatMap(({ card: { header, sections = [] } }) => [
    header?.title,
    header?.subtitle,
    ...sections.flatMap((each) => [each.header, ...each.widgets.flatMap(wordsOf)]),
  ]);
  const shown = cards.map((word) => word && unescape(word));
  return [text, ...shown].filter((word) => word !== undefined && word !== "").join("\n");
}

function wordsOf(shown: z.infer<typeof widget>): readonly (string | undefined)[] {
  if ("textParagraph" in shown) return [shown.textParagraph.text];
  if ("buttonList" in shown) return shown.buttonList.buttons.map(({ text }) => text);
  if ("divider" in shown) return [];
  const { topLabel, text, bottomLabel, button: beside } = shown.decoratedText;
  return [topLabel, text, bottomLabel, beside?.text];
}

/** https://developers.google.com/workspace/chat/format-messages#card-formatting */
function unescape(html: string): string {
  const plain = html.replaceAll(/<br\s*\/?>/giu, "\n").replaceAll(/<\/?[a-z][^>]*>/giu, "");
  return plain.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** https://developers.google.com/workspace/chat/format-messages#messages-@mention: in the text alone. */
function pingsOf({ text = "" }: Sent): readonly string[] {
  return text.match(/<users\/[\w.@-]+>/gu) ?? [];
}

/** https://developers.google.com/workspace/chat/troubleshoot-cards, and the form of unknown fields of all Google APIs. */
function wordFor(issues: readonly z.core.$ZodIssue[]): string {
  const [issue] = issues;
  const path = (issue?.path ?? []).join(".");
  if (issue?.code === "unrecognized_keys")
    return `Invalid JSON payload received. Unknown name "${issue.keys[0]}" at 'message.${path}': Cannot find field.`;
  return `Invalid value at 'message.${path}'`;
}
