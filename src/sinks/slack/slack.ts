import { cleanText } from "../../lib/text.ts";
import { mentionsOf } from "../../sink/chat/index.ts";
import { defineSink, present } from "../../sink/index.ts";
import { choosing } from "../../sink/options/index.ts";
import { nextStepOf } from "../../sink/thread/index.ts";
import { createBotSink } from "./bot.ts";
import { channelOf } from "./channel.ts";
import { SlackOptions } from "./options.ts";
import { toPayload } from "./payload.ts";
import { createWebhookSink } from "./webhook.ts";

/** The lane of edits, in `traits` and `laneOf`. */
const EDITS = "edits";

/**
 * About one message per second and channel, with short bursts; edits are counted for the whole app, at least 50 a
 * minute (https://docs.slack.dev/apis/web-api/rate-limits). Webhooks get no bursts, since Slack promises none.
 */
const PACE = {
  webhook: { count: 1, perMs: 1000 },
  posts: { count: 3, perMs: 3000 },
  edits: { count: 3, perMs: 4000 },
} as const;

/** Posts to Slack: through an incoming webhook, or as an app, whose messages of a group make a thread. */
export const slack = defineSink<SlackOptions>({
  type: "slack",
  options: SlackOptions,
  takes: ["alerts"],
  traits: ({ token, channel }) =>
    token === undefined
      ? { rateLimit: PACE.webhook, concurrency: 1, isSingle: true }
      : {
          rateLimit: PACE.posts,
          concurrency: 1,
          lanes: { [EDITS]: PACE.edits },
          chooses: channel === undefined ? undefined : choosing(channel, (name) => name),
        },
  http: true,
  destinationOf: (notification, { channel }) =>
    channel === undefined ? "" : channelOf(channel, notification),
  laneOf: (remaining) => (nextStepOf(remaining)?.do === "edit" ? EDITS : undefined),
  // In the form of Slack's Block Kit Builder.
  preview: (notification, { mentions }, { now }) => {
    const payload = toPayload(present(notification, now), mentionsOf(mentions, notification), now);
    return cleanText(JSON.stringify(payload, undefined, 2));
  },
  create: (options, context) => {
    const { url, token, channel, mentions } = options;
    if (url !== undefined) return createWebhookSink(url, mentions, context);
    // The schema demands the two where there is no url.
    if (token === undefined || channel === undefined)
      throw new TypeError("neither url nor token and channel");
    return createBotSink({ ...options, token, channel }, context);
  },
});
