import { z } from "zod";

import { type ChatVendor, json, type Reply } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import { hmac, isSame } from "./robot-signature.ts";
import type { NewMessage, VendorRoom } from "./vendor-room.ts";

/** Every answer has status 200: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
const answer = (code: number, msg: string): Reply => json(200, { code, data: {}, msg });
const ACCEPTED = json(200, { StatusCode: 0, StatusMessage: "success", code: 0, data: {}, msg: "success" });

const words = z.object({ tag: z.enum(["plain_text", "lark_md"]), content: z.string() });
const option = z.object({ text: words, value: z.looseObject({}).optional(), url: z.string().optional() });
const button = z.object({
  tag: z.literal("button"),
  text: words,
  url: z.url({ protocol: /^https?$/u }).optional(),
  multi_url: z.looseObject({ url: z.string() }).optional(),
  type: z.enum(["default", "primary", "danger", "text", "primary_filled", "laser"]).optional(),
  value: z.looseObject({}).optional(),
  options: z.array(option).optional(),
});
/** https://open.feishu.cn/document/feishu-cards/card-components/component-list, those that a message without input needs. */
const element = z.discriminatedUnion("tag", [
  z.object({
    tag: z.literal("div"),
    text: words.optional(),
    fields: z.array(z.object({ is_short: z.boolean(), text: words })).optional(),
    extra: button.optional(),
  }),
  z.object({ tag: z.literal("markdown"), content: z.string(), text_align: z.string().optional() }),
  z.object({ tag: z.literal("hr") }),
  z.object({ tag: z.literal("note"), elements: z.array(words) }),
  z.object({ tag: z.literal("action"), actions: z.array(button) }),
  button,
]);
const header = z.object({
  title: words,
  subtitle: words.optional(),
  template: z
    .enum([
      "blue",
      "wathet",
      "turquoise",
      "green",
      "yellow",
      "orange",
      "red",
      "carmine",
      "violet",
      "purple",
      "indigo",
      "grey",
      "default",
    ])
    .optional(),
});
const config = z.looseObject({ wide_screen_mode: z.boolean().optional() }).optional();
const card = z.union([
  z.object({
    schema: z.literal("2.0"),
    config,
    header: header.optional(),
    body: z.object({ elements: z.array(element) }),
  }),
  z.object({
    schema: z.undefined().optional(),
    config,
    header: header.optional(),
    elements: z.array(element),
  }),
]);
const paragraph = z.array(
  z.discriminatedUnion("tag", [
    z.object({ tag: z.literal("text"), text: z.string(), un_escape: z.boolean().optional() }),
    z.object({ tag: z.literal("a"), text: z.string(), href: z.string() }),
    z.object({ tag: z.literal("at"), user_id: z.string(), user_name: z.string().optional() }),
  ]),
);
const signed = { timestamp: z.coerce.string().optional(), sign: z.string().optional() };
const body = z.discriminatedUnion("msg_type", [
  z.object({ ...signed, msg_type: z.literal("text"), content: z.object({ text: z.string().min(1) }) }),
  z.object({
    ...signed,
    msg_type: z.literal("post"),
    content: z.object({
      post: z.record(z.string(), z.object({ title: z.string().optional(), content: z.array(paragraph) })),
    }),
  }),
  z.object({ ...signed, msg_type: z.literal("interactive"), card }),
]);

type Sent = z.infer<typeof body>;

/** 1 hour, as its words say. */
const CLOCK_SKEW_SECONDS = 3600;

/** Feishu's and Lark's custom bots: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export const feishu = {
  type: "feishu",
  routes: [
    {
      method: "POST",
      path: /^\/open-apis\/bot\/v2\/hook\/(?<hook>[\w-]+)$/u,
      take: ({ parts, body: written, json: sent }, room) => {
        if (sent === undefined) return answer(9499, "Bad Request");
        // "The request body must not exceed 20 KB", refused as 19036 in words that are not published: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
        if (LENGTH.bytes(written) > 20 * 1024) return answer(19_036, "request body too large");
        const read = room.read(body, sent);
        if (!isSigned(sent, room)) return UNSIGNED;
        if ("issues" in read) return wordFor(read.issues);
        room.post({ place: parts["hook"] ?? "group", ...seen(read.value) });
        return ACCEPTED;
      },
    },
  ],
  notFound: { status: 404, body: "404 page not found" },
  // https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot, its table of error codes
  states: {
    "webhook deleted": answer(19_001, "param invalid: incoming webhook access token invalid"),
    "address not allowed": answer(19_022, "Ip Not Allowed"),
    "keyword missing": answer(19_024, "Key Words Not Found"),
    "too many requests of the app": answer(99_991_400, "request trigger frequency limit"),
    "internal error": answer(19_003, "internal error"),
  },
  rate: {
    // 100 a minute and 5 a second: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
    windows: [
      { requests: 5, seconds: 1 },
      { requests: 100, seconds: 60 },
    ],
    of: ({ parts }) => parts["hook"] ?? "",
    refusal: () => answer(11_232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]"),
  },
} satisfies ChatVendor;

const UNSIGNED = answer(19_021, "sign match fail or timestamp is not within one hour from current time");

/** The key holds time and secret, the text is empty; the time counts seconds. */
function isSigned(sent: unknown, { now, secret }: VendorRoom): boolean {
  if (secret === undefined) return true;
  const { timestamp = "", sign = "" } = z.object(signed).safeParse(sent).data ?? {};
  const isNear = Math.abs(now / 1000 - Number(timestamp)) <= CLOCK_SKEW_SECONDS;
  return /^\d{10}$/u.test(timestamp) && isNear && isSame(sign, hmac(`${timestamp}\n${secret}`, ""));
}

function seen(sent: Sent): Pick<NewMessage, "text" | "pings" | "body"> {
  const markup = markupOf(sent).filter((part) => part !== "");
  const text = markup.map((part) => unescape(part)).join("\n");
  return { text, pings: markup.flatMap((part) => mentionsIn(part)), body: sent };
}

/** The texts as they are sent. */
function markupOf(sent: Sent): readonly string[] {
  if (sent.msg_type === "text") return [sent.content.text];
  if (sent.msg_type === "post")
    return Object.values(sent.content.post).flatMap(({ title = "", content }) => [
      title,
      ...content.map((line) =>
        line.map((part) => (part.tag === "at" ? `<at user_id="${part.user_id}"></at>` : part.text)).join(""),
      ),
    ]);
  const { header: top } = sent.card;
  const elements = "body" in sent.card ? sent.card.body.elements : sent.card.elements;
  return [top?.title.content ?? "", top?.subtitle?.content ?? "", ...elements.flatMap(partsOf)];
}

function partsOf(shown: z.infer<typeof element>): readonly string[] {
  if (shown.tag === "markdown") return [shown.content];
  if (shown.tag === "note") return shown.elements.map(({ content }) => content);
  if (shown.tag === "action") return shown.actions.map(({ text }) => text.content);
  if (shown.tag === "button") return [shown.text.content];
  if (shown.tag === "hr") return [];
  const fields = (shown.fields ?? []).map(({ text }) => text.content);
  return [shown.text?.content ?? "", ...fields, shown.extra?.text.content ?? ""];
}

/** https://open.feishu.cn/document/feishu-cards/card-components/content-components/rich-text, and `user_id` in texts. */
function mentionsIn(markup: string): readonly string[] {
  return [...markup.matchAll(/<at (?:user_id|id|email)=["']?(?<who>[\w@.-]+)["']?\s*\/?>/gu)].map(
    ({ groups }) => groups?.["who"] ?? "",
  );
}

function unescape(markup: string): string {
  return markup.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** A card that cannot be read is refused with words of the card service. */
function wordFor(issues: readonly z.core.$ZodIssue[]): Reply {
  const [key] = issues[0]?.path ?? [];
  if (key === "msg_type" || key === undefined) return answer(19_002, "params error, msg_type need");
  if (key === "card")
    return answer(
      11_246,
      "Failed to create card content, ext=ErrCode: 200621; ErrMsg: parse card json err, please check whether the card json is correct",
    );
  return answer(9499, "Bad Request");
}
