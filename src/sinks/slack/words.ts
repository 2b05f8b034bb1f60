import type { Failure, FailureClass } from "../../egress/index.ts";
import type { Meaning } from "../../sink/chat/index.ts";

function meaning(failure: Failure, kind: FailureClass, hint: string): Meaning {
  return { failure, class: kind, hint };
}

const NEW_URL = "create a new webhook URL";
const UNAUTHORIZED: Meaning = meaning("unauthorized", "broken", NEW_URL);
const GONE: Meaning = meaning(
  "gone",
  "broken",
  "the channel is archived; create a webhook URL for another one",
);
const LATER: Meaning = meaning("server", "transient", "slack could not deliver it for now");
const TOO_FAST: Meaning = meaning("rate-limited", "transient", "one message per second is allowed");

/**
 * Words with another meaning than the status they come with, of incoming webhooks and of the Web API, in whose form
 * compatible receivers answer
 * (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors,
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors).
 */
export const WORDS: ReadonlyMap<string, Meaning> = new Map([
  ["invalid_token", UNAUTHORIZED],
  ["invalid_auth", UNAUTHORIZED],
  ["not_authed", UNAUTHORIZED],
  ["account_inactive", UNAUTHORIZED],
  ["token_revoked", UNAUTHORIZED],
  ["token_expired", UNAUTHORIZED],
  ["missing_scope", UNAUTHORIZED],
  ["action_prohibited", meaning("unauthorized", "broken", "an administrator of the workspace forbids it")],
  [
    "posting_to_general_channel_denied",
    meaning("unauthorized", "broken", "only administrators may post to #general"),
  ],
  ["user_not_found", meaning("not-found", "broken", `the person it posts to is gone; ${NEW_URL}`)],
  ["channel_not_found", meaning("not-found", "broken", `the channel is gone; ${NEW_URL}`)],
  ["not_in_channel", meaning("not-found", "broken", "the app is not in the channel: invite it")],
  ["no_service", meaning("not-found", "broken", `the webhook was revoked; ${NEW_URL}`)],
  ["no_active_hooks", meaning("not-found", "broken", `the webhook is switched off; enable it or ${NEW_URL}`)],
  ["no_service_id", meaning("not-found", "broken", "the webhook URL is incomplete")],
  ["no_team", meaning("not-found", "broken", "the webhook URL is incomplete")],
  ["team_disabled", meaning("not-found", "broken", "the workspace is disabled")],
  ["channel_is_archived", GONE],
  ["is_archived", GONE],
  ["rate_limited", TOO_FAST],
  ["ratelimited", TOO_FAST],
  ["rollup_error", LATER],
  ["internal_error", LATER],
  ["fatal_error", LATER],
  ["service_unavailable", LATER],
  ["request_timeout", LATER],
]);
