import type { Failure, FailureClass } from "../../egress/index.ts";
import type { Meaning } from "../../sink/chat/index.ts";

/** Words of one meaning. */
interface Words extends Meaning {
  readonly words: readonly string[];
}

function meaning(failure: Failure, kind: FailureClass, hint: string, words: string): Words {
  return { failure, class: kind, hint, words: words.split(" ") };
}

const GROUPS: readonly Words[] = [
  meaning(
    "unauthorized",
    "broken",
    "put the bot token of an installed app (xoxb-…) into the file of `token`",
    "invalid_auth not_authed account_inactive token_revoked token_expired invalid_token not_allowed_token_type",
  ),
  meaning(
    "unauthorized",
    "broken",
    "add the scope to the app, and install it anew",
    "missing_scope no_permission",
  ),
  meaning(
    "unauthorized",
    "broken",
    "an administrator of the workspace has to allow it",
    "access_denied accesslimited team_access_not_granted org_login_required enterprise_is_restricted " +
      "ekm_access_denied two_factor_setup_required forbidden_team team_not_found message_limit_exceeded " +
      "action_prohibited as_user_not_supported is_bot",
  ),
  meaning(
    "misconfigured",
    "broken",
    "the address of `api` is not that of Slack's Web API",
    "deprecated_endpoint method_deprecated unknown_method insecure_request missing_args",
  ),
  meaning(
    "not-found",
    "broken",
    "check its name or id, and invite the app: /invite @Tocsin",
    "channel_not_found",
  ),
  meaning("not-found", "broken", "invite the app: /invite @Tocsin", "not_in_channel user_not_in_channel"),
  meaning("gone", "broken", "the channel is archived: choose another one", "is_archived is_inactive"),
  {
    ...meaning(
      "unauthorized",
      "broken",
      "the channel forbids it: allow the app to post there",
      "restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel " +
        "restricted_action_thread_only_channel posting_to_general_channel_denied messages_tab_disabled",
    ),
    scope: "destination",
  },
  meaning("rate-limited", "transient", "slack asks for a pause", "ratelimited rate_limited"),
  meaning(
    "server",
    "transient",
    "slack could not do it for now",
    "internal_error fatal_error service_unavailable request_timeout team_added_to_org update_failed " +
      "external_channel_migrating rollup_error",
  ),
  {
    ...meaning(
      "rejected",
      "poison",
      "the message cannot be changed or replied to any more",
      "thread_not_found message_not_found cant_update_message edit_window_closed cant_broadcast_message " +
        "streaming_state_conflict block_mismatch cannot_reply_to_message no_dual_broadcast_content_update",
    ),
    lost: true,
  },
  meaning("too-large", "poison", "the message is too long", "msg_too_long msg_blocks_too_long"),
  meaning(
    "rejected",
    "poison",
    "slack cannot read the message",
    "invalid_blocks invalid_blocks_format invalid_attachments no_text too_many_attachments invalid_arguments " +
      "invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type missing_post_type " +
      "invalid_json json_not_object markdown_text_conflict invalid_metadata_format invalid_metadata_schema " +
      "metadata_too_large metadata_must_be_sent_from_app slack_connect_file_link_sharing_blocked",
  ),
  // Of reactions, which are no news: their failures are only logged.
  meaning(
    "rejected",
    "poison",
    "the reaction is left out",
    "already_reacted bad_timestamp invalid_name no_item_specified not_reactable too_many_emoji too_many_reactions",
  ),
];

/**
 * The words with which Slack's Web API refuses a call, which it answers with status 200 (the lists `errors` of
 * https://github.com/slack-ruby/slack-api-ref, `methods/chat/`, and https://github.com/slackapi/bolt-js/issues/2509).
 */
export const API_WORDS: ReadonlyMap<string, Meaning> = new Map(
  GROUPS.flatMap(({ words, ...meant }) => words.map((word) => [word, meant])),
);
