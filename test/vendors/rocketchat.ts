import { z } from "zod";

import { type ChatVendor, json, type Reply } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";
import { attachmentWords, plainMentions, slackAttachment } from "./slack-attachments.ts";

const refuse = (status: number, error: string): Reply => json(status, { success: false, error });

/** `ValidHref` in https://github.com/RocketChat/Rocket.Chat/blob/develop/apps/meteor/app/lib/server/functions/sendMessage.ts */
const href = z
  .string()
  .refine((url) => !/^\s*(?:javascript|data|vbscript):/iu.test(url), "Invalid href value provided");

/** https://docs.rocket.chat/docs/integrations#incoming-webhook-script; unknown keys are dropped. */
const attachment = slackAttachment.extend({
  title_link: href.optional(),
  author_link: href.optional(),
  image_url: href.optional(),
  thumb_url: href.optional(),
  collapsed: z.boolean().optional(),
});
const body = z.object({
  text: z.string().optional(),
  channel: z.string().optional(),
  roomId: z.string().optional(),
  alias: z.string().optional(),
  username: z.string().optional(),
  emoji: z.string().optional(),
  icon_emoji: z.string().optional(),
  avatar: z.string().optional(),
  icon_url: z.string().optional(),
  parseUrls: z.boolean().optional(),
  tmid: z.string().optional(),
  attachments: z.array(attachment).optional(),
});

/** Rocket.Chat's incoming webhooks: https://docs.rocket.chat/docs/integrations */
export const rocketchat = {
  type: "rocketchat",
  routes: [
    {
      method: "POST",
      path: /^\/hooks\/(?<id>\w+)\/(?<token>\w+)$/u,
      take: ({ parts, json: sent }, room) => {
        if (sent === undefined) return refuse(400, "Invalid JSON");
        const read = room.read(body, sent);
        if ("issues" in read) return refuse(400, read.issues[0]?.message ?? "");
        const { text = "", attachments = [], channel, roomId, tmid } = read.value;
        const words = [text, ...attachments.flatMap(attachmentWords)].filter((word) => word !== "");
        if (words.length === 0) return refuse(400, "body-cannot-be-empty");
        // The default of the setting Message_MaxAllowedSize, in UTF-16 units.
        if (LENGTH.units(text) > 5000) return refuse(400, "error-message-size-exceeded");
        room.post({
          place: channel ?? roomId ?? parts["id"] ?? "",
          ...(tmid === undefined ? {} : { thread: tmid }),
          text: words.join("\n"),
          // Only the text is searched for mentions; attachments show them without a sound.
          pings: plainMentions(text),
          body: sent,
        });
        return json(200, { success: true });
      },
    },
  ],
  notFound: refuse(404, "Invalid integration id or token provided."),
  // Words of https://github.com/RocketChat/Rocket.Chat/blob/develop/apps/meteor/app/integrations/server/api/api.ts
  states: {
    "wrong token": refuse(404, "Invalid integration id or token provided."),
    "wrong token, newer servers": refuse(400, "Invalid integration id or token provided."),
    "integration disabled": { status: 503, body: "Service Unavailable" },
    "channel missing": refuse(400, "invalid-channel"),
    "channel archived": refuse(400, "error-room-archived"),
    "refused with 200": refuse(200, "unknown-error"),
  },
  rate: {
    // The defaults of the API limiter: https://docs.rocket.chat/docs/rate-limiter
    windows: [{ requests: 10, seconds: 60 }],
    refusal: (seconds) => ({
      ...refuse(
        429,
        `Error, too many requests. Please slow down. You must wait ${Math.ceil(seconds)} seconds before trying this endpoint again. [error-too-many-requests]`,
      ),
      headers: {
        "content-type": "application/json",
        "x-ratelimit-limit": "10",
        "x-ratelimit-remaining": "0",
      },
    }),
  },
} satisfies ChatVendor;
