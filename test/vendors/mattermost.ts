import { z } from "zod";

import { type ChatVendor, json, type Reply } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import {
  attachmentWords,
  plainMentions,
  type SlackAttachment,
  slackAttachment,
} from "./slack-attachments.ts";

/** https://github.com/mattermost/mattermost/blob/master/server/i18n/en.json has the words of each id. */
const refuse = (status: number, id: string, message: string): Reply =>
  json(status, { id, message, detailed_error: "", request_id: "x8cz1k", status_code: status });

/** https://developers.mattermost.com/integrate/webhooks/incoming/#parameters */
const body = z.object({
  text: z.string().optional(),
  channel: z.string().optional(),
  username: z.string().optional(),
  icon_url: z.string().optional(),
  icon_emoji: z.string().optional(),
  attachments: z.array(slackAttachment).nullish(),
  type: z
    .string()
    .refine((type) => type === "" || type.startsWith("custom_"))
    .optional(),
  props: z.record(z.string(), z.unknown()).optional(),
  priority: z
    .object({
      priority: z.enum(["", "important", "urgent"]).optional(),
      requested_ack: z.boolean().optional(),
      persistent_notifications: z.boolean().optional(),
    })
    .optional(),
});

/** https://docs.mattermost.com/integrations-guide/incoming-webhooks.html: 16,383 code points; longer texts are split. */
const MOST_TEXT = 16_383;
/** `splitWebhookPost` in https://github.com/mattermost/mattermost; 7,900 in servers before 5.32: https://gitlab.com/gitlab-org/gitlab-foss/-/issues/37555 */
const MOST_ATTACHMENTS = 7900;

/** Mattermost's incoming webhooks: https://developers.mattermost.com/integrate/webhooks/incoming */
export const mattermost = {
  type: "mattermost",
  routes: [
    {
      method: "POST",
      path: /^\/hooks\/(?<hook>[\w-]+)$/u,
      take: ({ parts, json: sent }, room) => {
        if (sent === undefined) return UNREADABLE;
        const read = room.read(body, sent);
        if ("issues" in read) return UNREADABLE;
        const { text = "", attachments, channel } = read.value;
        if (text === "" && (attachments ?? []).length === 0)
          return refuse(400, "web.incoming_webhook.text.app_error", "No text specified.");
        const place = channel ?? parts["hook"] ?? "";
        for (const post of split(text, attachments ?? [], (reason) => room.lose(reason))) {
          const words = [post.text, ...post.attachments.flatMap(attachmentWords)].filter(
            (word) => word !== "",
          );
          room.post({ place, text: words.join("\n"), pings: pingsOf(post), body: sent });
        }
        return { status: 200, headers: { "content-type": "text/plain" }, body: "ok" };
      },
    },
  ],
  notFound: refuse(404, "api.context.404.app_error", "Sorry, we could not find the page."),
  states: {
    "webhook deleted": refuse(400, "web.incoming_webhook.invalid.app_error", "Invalid webhook."),
    "channel missing": refuse(404, "web.incoming_webhook.channel.app_error", "Couldn't find the channel."),
    "channel archived": refuse(
      403,
      "api.post.create_post.can_not_post_to_deleted.error",
      "Can not post to deleted channel.",
    ),
    "channel locked": refuse(
      403,
      "web.incoming_webhook.channel_locked.app_error",
      "This webhook is not permitted to post to the requested channel.",
    ),
    "no right to write": refuse(
      403,
      "web.incoming_webhook.permissions.app_error",
      "Inappropriate channel permissions.",
    ),
    "webhooks turned off": refuse(
      501,
      "web.incoming_webhook.disabled.app_error",
      "Incoming webhooks have been disabled by the system admin.",
    ),
  },
  rate: {
    // The defaults of RateLimitSettings, where an administrator turns it on:
    // https://docs.mattermost.com/configure/rate-limiting-configuration-settings.html
    windows: [{ requests: 100, seconds: 10 }],
    refusal: (seconds) => ({
      status: 429,
      headers: { "retry-after": String(Math.ceil(seconds)), "x-ratelimit-remaining": "0" },
      body: "limit exceeded\n",
    }),
  },
} satisfies ChatVendor;

const UNREADABLE = refuse(400, "web.incoming_webhook.parse.app_error", "Unable to parse incoming data.");

interface Post {
  readonly text: string;
  readonly attachments: readonly SlackAttachment[];
}

/** Long texts and many attachments become several posts; an attachment that is too long alone is cut. */
function split(
  text: string,
  all: readonly SlackAttachment[],
  lose: (reason: string) => void,
): readonly Post[] {
  const letters = Array.from(text);
  const texts: string[] = [];
  for (let at = 0; at === 0 || at < letters.length; at += MOST_TEXT)
    texts.push(letters.slice(at, at + MOST_TEXT).join(""));
  const groups: SlackAttachment[][] = [[]];
  for (const each of all) {
    if (sizeOf([each]) > MOST_ATTACHMENTS) lose("the end of an attachment was cut");
    if (sizeOf([...(groups.at(-1) ?? []), each]) > MOST_ATTACHMENTS) groups.push([]);
    groups.at(-1)?.push(each);
  }
  const [first = [], ...further] = groups.filter((group) => group.length > 0);
  const last = texts.pop() ?? "";
  return [
    ...texts.map((part) => ({ text: part, attachments: [] })),
    { text: last, attachments: first },
    ...further.map((attachments) => ({ text: "", attachments })),
  ];
}

function sizeOf(attachments: readonly SlackAttachment[]): number {
  return LENGTH.characters(JSON.stringify(attachments));
}

/** In the text, and in these parts of attachments: `getMentionsEnabledFields` in https://github.com/mattermost/mattermost */
function pingsOf({ text, attachments }: Post): readonly string[] {
  const parts = attachments.flatMap((each) => [
    each.pretext,
    each.text,
    ...(each.fields ?? []).map(({ value }) => value?.toString()),
  ]);
  return [text, ...parts].flatMap((part) => plainMentions(part ?? ""));
}
