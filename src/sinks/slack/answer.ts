import {
  classifyStatus,
  DeliveryError,
  type Failure,
  type FailureClass,
  parseRetryAfter,
} from "../../egress/index.ts";

/** Slack's answer to one post. */
export interface Answer {
  readonly status: number;
  /** As in the header; undefined without one. */
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/**
 * The words of incoming webhooks with another meaning than their status
 * (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors).
 */
const WORDS: Readonly<Record<string, readonly [Failure, FailureClass, string]>> = {
  invalid_token: ["unauthorized", "broken", "create a new webhook URL"],
  action_prohibited: ["unauthorized", "broken", "an administrator of the workspace forbids it"],
  posting_to_general_channel_denied: ["unauthorized", "broken", "only administrators may post to #general"],
  user_not_found: ["not-found", "broken", "the person it posts to is gone; create a new webhook URL"],
  channel_not_found: ["not-found", "broken", "the channel is gone; create a new webhook URL"],
  no_service: ["not-found", "broken", "the webhook was revoked; create a new webhook URL"],
  no_service_id: ["not-found", "broken", "the webhook URL is incomplete"],
  no_team: ["not-found", "broken", "the webhook URL is incomplete"],
  team_disabled: ["not-found", "broken", "the workspace is disabled"],
  channel_is_archived: ["gone", "broken", "the channel is archived; create a webhook URL for another one"],
  rate_limited: ["rate-limited", "transient", "one message per second is allowed"],
  rollup_error: ["server", "transient", "slack could not deliver it for now"],
};

/**
 * Undefined when Slack accepted the message: 200 with the body `ok`, or with a body that was cut off, because another
 * post would then show the message twice.
 *
 * @param now Epoch milliseconds.
 */
export function failureOf(answer: Answer, now: number): DeliveryError | undefined {
  const { status, retryAfter } = answer;
  const body = answer.body.trim();
  if (status === 200 && "ok".startsWith(body)) return undefined;
  const word = /^[a-z][a-z_]{1,60}$/u.exec(body)?.[0];
  const said = `slack answered ${status}${word === undefined ? "" : ` ${word}`}`;
  const known = word === undefined ? undefined : WORDS[word];
  if (known !== undefined) {
    const [failure, kind, hint] = known;
    const retryAfterMs = kind === "transient" ? parseRetryAfter(retryAfter, now) : undefined;
    return DeliveryError[kind](failure, `${said}: ${hint}`, { retryAfterMs });
  }
  const byStatus = classifyStatus(status, retryAfter === undefined ? {} : { "retry-after": retryAfter }, now);
  return byStatus?.with({ message: said }) ?? DeliveryError.poison("rejected", said);
}
