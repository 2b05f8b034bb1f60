import { z } from "zod";

import { json, type Reply, type ChatVendor } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import type { NewMessage } from "./vendor-room.ts";

/** A rule for one field, with Discord's code and words; measured in mymoomin/RSStoWebhook, test `test_boundaries`. */
const must = <T>(holds: (value: T) => boolean, code: string, message: string) =>
  z.refine<T>(holds, { message, params: { code } });

/**
 * Counted in code points after trimming: https://docs.discord.com/developers/resources/message#embed-object-embed-limits
 * and https://github.com/discord/discord-api-docs/issues/1315, where a maintainer says so.
 */
const lengthOf = (text: string): number => LENGTH.characters(text.trim());
const fewer = (most: number) => `Must be ${most} or fewer in length.`;
const text = (most: number) =>
  z.string().check(must((value) => lengthOf(value) <= most, "BASE_TYPE_MAX_LENGTH", fewer(most)));
const required = (most: number) =>
  text(most).check(must((value) => value.trim() !== "", "BASE_TYPE_REQUIRED", "This field is required"));
const list = <T extends z.ZodType>(of: T, most: number) =>
  z.array(of).check(must(({ length }) => length <= most, "BASE_TYPE_MAX_LENGTH", fewer(most)));
const url = text(2048).check(
  must((value) => value === "" || URL.canParse(value), "URL_TYPE_INVALID_URL", "Not a well formed URL."),
  must(
    (value) => !URL.canParse(value) || /^https?:/iu.test(value),
    "URL_TYPE_INVALID_SCHEME",
    "Scheme is not supported. Scheme must be one of ('http', 'https').",
  ),
);
const moment = z
  .string()
  .check(must((value) => !Number.isNaN(Date.parse(value)), "DATE_TIME_TYPE_PARSE", "Should be ISO8601."));
const colour = z.int().check(
  must(
    (value) => value <= 0xffffff,
    "NUMBER_TYPE_MAX",
    "int value should be less than or equal to 16777215.",
  ),
  must((value) => value >= 0, "NUMBER_TYPE_MIN", "int value should be greater than or equal to 0."),
);

/** https://docs.discord.com/developers/resources/message#embed-object */
const parts = z.object({
  title: text(256).nullish(),
  description: text(4096).nullish(),
  url: url.nullish(),
  timestamp: moment.nullish(),
  color: colour.nullish(),
  footer: z.object({ text: required(2048), icon_url: url.nullish() }).nullish(),
  image: z.object({ url }).nullish(),
  thumbnail: z.object({ url }).nullish(),
  author: z.object({ name: required(256), url: url.nullish(), icon_url: url.nullish() }).nullish(),
  fields: list(
    z.object({ name: required(256), value: required(1024), inline: z.boolean().optional() }),
    25,
  ).nullish(),
});

type Embed = z.infer<typeof parts>;

const embed = parts.refine((shown) => wordsOf(shown).length > 0 || shown.image || shown.thumbnail, {
  path: ["description"],
  message: "This field is required",
  params: { code: "BASE_TYPE_REQUIRED" },
});

/** https://docs.discord.com/developers/resources/webhook#execute-webhook-jsonform-params */
const body = z.object({
  content: text(2000).nullish(),
  username: z
    .string()
    .check(
      must(
        (name) => name !== "" && lengthOf(name) <= 80,
        "BASE_TYPE_BAD_LENGTH",
        "Must be between 1 and 80 in length.",
      ),
      must(
        (name) => !/clyde|discord/iu.test(name),
        "USERNAME_INVALID_CONTAINS",
        'Username cannot contain "discord"',
      ),
    )
    .nullish(),
  avatar_url: url.nullish(),
  tts: z.boolean().optional(),
  embeds: list(embed, 10)
    .check(
      must(
        (embeds) => lengthOf(embeds.flatMap(wordsOf).join("")) <= 6000,
        "MAX_EMBED_SIZE_EXCEEDED",
        "Embed size exceeds maximum size of 6000",
      ),
    )
    .nullish(),
  /** https://docs.discord.com/developers/resources/message#allowed-mentions-object */
  allowed_mentions: z
    .object({
      parse: z.array(z.enum(["roles", "users", "everyone"])).optional(),
      roles: z.array(z.string()).max(100).optional(),
      users: z.array(z.string()).max(100).optional(),
      replied_user: z.boolean().optional(),
    })
    .nullish(),
  flags: z.int().optional(),
  thread_name: text(100).optional(),
});

type Body = z.infer<typeof body>;

const WEBHOOK = "/api(?:/v\\d+)?/webhooks/(?<id>\\d+)/(?<token>[\\w-]+)";

/** Discord's webhooks: https://docs.discord.com/developers/resources/webhook */
export const discord = {
  type: "discord",
  routes: [
    {
      method: "POST",
      path: new RegExp(`^${WEBHOOK}$`, "u"),
      take: ({ parts, query, json: sent }, room) => {
        if (sent === undefined) return INVALID_JSON;
        const read = room.read(body, sent);
        if ("issues" in read) return invalidForm(read.issues);
        if (isEmpty(read.value)) return EMPTY;
        const place = query.get("thread_id") ?? parts["id"] ?? "";
        const { id } = room.post({
          id: String(10n ** 18n + BigInt(room.messages.length)),
          place,
          ...seen(read.value),
        });
        // Without `wait` nothing is said of the message.
        return query.get("wait") === "true" ? json(200, { id, channel_id: place, type: 0 }) : { status: 204 };
      },
    },
    {
      method: "PATCH",
      path: new RegExp(`^${WEBHOOK}/messages/(?<message>\\d+)$`, "u"),
      take: ({ parts, json: sent }, room) => {
        const id = parts["message"] ?? "";
        const old = room.find(id);
        if (old === undefined) return json(404, { message: "Unknown Message", code: 10_008 });
        const read = room.read(body, sent);
        if ("issues" in read) return invalidForm(read.issues);
        // All are optional and nullable: a key that is left out stays as it was. The mentions are judged anew.
        const whole = { ...(old.body as Body), allowed_mentions: undefined, ...read.value }; // as this vendor stored it
        if (isEmpty(whole)) return EMPTY;
        room.edit(id, { ...seen(whole), pings: old.pings });
        return json(200, { id, channel_id: old.place, type: 0 });
      },
    },
  ],
  notFound: json(404, { message: "404: Not Found", code: 0 }),
  // https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes
  states: {
    "webhook deleted": json(404, { message: "Unknown Webhook", code: 10_015 }),
    "wrong token": json(401, { message: "Invalid Webhook Token", code: 50_027 }),
    "channel missing": json(404, { message: "Unknown Channel", code: 10_003 }),
    "thread archived": json(400, { message: "Thread is archived", code: 50_083 }),
    "forum without thread": json(400, {
      message: "Webhooks posted to forum channels must have a thread_name or thread_id",
      code: 220_001,
    }),
  },
  rate: {
    // 5 in 2 s are told by the headers; the 30 a minute are hidden: https://twitter.com/lolpython/status/967621046277820416
    windows: [
      { requests: 5, seconds: 2 },
      { requests: 30, seconds: 60 },
    ],
    of: ({ parts }) => parts["id"] ?? "",
    // https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit
    refusal: (seconds) =>
      json(
        429,
        { message: "You are being rate limited.", retry_after: seconds, global: false },
        {
          "retry-after": String(Math.ceil(seconds)),
          "x-ratelimit-remaining": "0",
          "x-ratelimit-scope": "user",
        },
      ),
    headers: (left, seconds) => ({
      "x-ratelimit-limit": "5",
      "x-ratelimit-remaining": String(left),
      "x-ratelimit-reset-after": String(seconds),
    }),
  },
} satisfies ChatVendor;

const EMPTY = json(400, { message: "Cannot send an empty message", code: 50_006 });
const INVALID_JSON = json(400, { message: "The request body contains invalid JSON.", code: 50_109 });

function isEmpty({ content, embeds }: Body): boolean {
  return (content ?? "").trim() === "" && (embeds ?? []).length === 0;
}

function seen(value: Body): Pick<NewMessage, "text" | "pings" | "body"> {
  const words = [value.content ?? "", ...(value.embeds ?? []).flatMap(wordsOf)];
  return { text: words.filter((word) => word !== "").join("\n"), pings: pingsOf(value), body: value };
}

/** The texts that count for the sum of 6000. */
function wordsOf({ title, description, author, fields, footer }: Embed): readonly string[] {
  const pairs = (fields ?? []).flatMap(({ name, value }) => [name, value]);
  const all = [author?.name, title, description, ...pairs, footer?.text];
  return all.flatMap((word) => ((word ?? "").trim() === "" ? [] : [word ?? ""]));
}

/** Only the content pings, an embed never does; without `allowed_mentions` everything in it is live. */
function pingsOf({ content, allowed_mentions: allowed }: Body): readonly string[] {
  const found = (content ?? "").match(/@everyone|@here|<@&?!?\d+>/gu) ?? [];
  if (allowed === undefined || allowed === null) return found;
  const isAllowed = (mention: string): boolean => {
    const id = mention.replaceAll(/\D/gu, "");
    if (id === "") return allowed.parse?.includes("everyone") === true;
    const kind = mention.startsWith("<@&") ? "roles" : "users";
    return allowed.parse?.includes(kind) === true || allowed[kind]?.includes(id) === true;
  };
  return found.filter(isAllowed);
}

/** One tree of `_errors` beside the path of each field: https://docs.discord.com/developers/reference#error-messages */
function invalidForm(issues: readonly z.core.$ZodIssue[]): Reply {
  const errors: Record<string, unknown> = {};
  for (const issue of issues) {
    let node = errors;
    // Each node is made here, as an object.
    for (const key of issue.path) node = (node[String(key)] ??= {}) as Record<string, unknown>;
    const code = issue.code === "custom" ? issue.params?.["code"] : "BASE_TYPE_BAD_TYPE";
    ((node["_errors"] ??= []) as unknown[]).push({ code, message: issue.message });
  }
  return json(400, { message: "Invalid Form Body", code: 50_035, errors });
}
