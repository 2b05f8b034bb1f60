import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import { mentionsOption } from "../../sink/chat/index.ts";
import { HttpUrl } from "../../sink/options/index.ts";
import { Channel } from "./channel.ts";
import { WebhookUrl } from "./webhook-url.ts";

/** Texts that Slack turns into a mention; other texts would be shown, or mean something else. */
const MENTION = /^<(?:!subteam\^S[A-Z0-9]{2,30}|@[UW][A-Z0-9]{2,30}|!here|!channel|!everyone)>$/u;

const UserId = z.string().regex(/^[UW][A-Z0-9]{2,30}$/u, "not the id of a user, such as U012AB3CD");

/** The options of a Slack sink: an incoming webhook, or the token of an app. */
export const SlackOptions = strict({
  url: WebhookUrl.optional().describe("an incoming webhook's URL: everyone who has it can post"),
  token: SecretRef.optional().describe("the bot token of an app (xoxb-…), in place of url"),
  channel: Channel.optional().describe("with token: where to post, or channels chosen by a label"),
  mentions: mentionsOption(MENTION, "write <!subteam^S…> for a user group, <@U…> for a person, or <!here>"),
  thread: z
    .boolean()
    .optional()
    .describe("with token: later messages of a group are replies; on unless false"),
  broadcastRepeats: z
    .boolean()
    .optional()
    .describe("with token: repeats are shown in the channel as well; on unless false"),
  reactions: z
    .boolean()
    .optional()
    .describe("with token: a check mark on messages whose problem is over; needs reactions:write"),
  actions: strict({
    appToken: SecretRef.describe("an app-level token (xapp-…) with the scope connections:write"),
    allow: z
      .union([z.array(UserId).min(1).max(500), z.literal("everyone")], {
        error: "expected a list of ids of users (U…), or everyone",
      })
      .describe("who may click: ids of users (U…), or everyone in the workspace"),
    critical: z.boolean().default(false).describe("whether critical alerts may be silenced too"),
    external: z
      .boolean()
      .default(false)
      .describe("whether people of other workspaces may click, in channels that are shared with them"),
    lookingMutes: z.boolean().default(false).describe("whether `I am looking` silences for an hour"),
  })
    .optional()
    .describe("with token: buttons on messages; off unless it is there"),
  api: HttpUrl.optional().describe("with token: the Web API; https://slack.com/api unless it is another one"),
}).superRefine(({ url, ...rest }, context) => {
  const { token, channel } = rest;
  const fault = (path: readonly string[], message: string): void =>
    context.addIssue({ code: "custom", path: [...path], message });
  if (url === undefined && token === undefined)
    fault([], "needs url (an incoming webhook), or token and channel (an app)");
  if (url !== undefined && token !== undefined) fault(["token"], "url and token exclude each other");
  if (token !== undefined && channel === undefined) fault(["token"], "token needs channel: where to post");
  if (token !== undefined) return;
  for (const key of WITH_TOKEN)
    if (rest[key] !== undefined) fault([key], `${key} needs token: a webhook cannot do it`);
});
export type SlackOptions = z.infer<typeof SlackOptions>;

const WITH_TOKEN = ["channel", "thread", "broadcastRepeats", "reactions", "actions", "api"] as const;
