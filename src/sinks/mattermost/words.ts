import type { Meaning } from "../../sink/chat/index.ts";

const NO_RIGHT: Omit<Meaning, "hint"> = { failure: "unauthorized", class: "broken" };

/**
 * Ids of refusals that need a word, or mean something else than the status they come with
 * (https://github.com/mattermost/mattermost/blob/master/server/i18n/en.json).
 */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  // With status 400, as the faults of a message.
  [
    "web.incoming_webhook.invalid.app_error",
    { failure: "not-found", class: "broken", hint: "the webhook was deleted; make a new one" },
  ],
  [
    "web.incoming_webhook.channel.app_error",
    { failure: "not-found", class: "broken", hint: "there is no such channel; look at channel" },
  ],
  [
    "api.post.create_post.can_not_post_to_deleted.error",
    { failure: "gone", class: "broken", hint: "the channel is archived" },
  ],
  [
    "web.incoming_webhook.channel_locked.app_error",
    { ...NO_RIGHT, hint: "the webhook may post to its own channel only; leave channel out" },
  ],
  [
    "web.incoming_webhook.permissions.app_error",
    { ...NO_RIGHT, hint: "who made the webhook may not post in the channel" },
  ],
  [
    "web.incoming_webhook.disabled.app_error",
    { failure: "rejected", class: "broken", hint: "an administrator has switched incoming webhooks off" },
  ],
]);
