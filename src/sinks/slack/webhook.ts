import { IncomingWebhook, IncomingWebhookHTTPError, IncomingWebhookRequestError } from "@slack/webhook";

import { DeliveryError, type HttpClient, toDeliveryError } from "../../egress/index.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/log.ts";
import type { SecretRef } from "../../lib/secret.ts";
import { type Mentions, mentionsOf } from "../../sink/chat/index.ts";
import { present, type Sent, type Sink, type SinkContext } from "../../sink/index.ts";
import { type Answer, type Verdict, verdictOf } from "./answer.ts";
import { type SlackPayload, toPayload, toPlainPayload } from "./payload.ts";
import { isAddress, NO_ADDRESS } from "./webhook-url.ts";

/** Posts to one Slack channel through an incoming webhook, which gives nothing back: each message stands alone. */
export function createWebhookSink(secretUrl: SecretRef, mentions: Mentions, context: SinkContext): Sink {
  const url = context.secret(secretUrl);
  const client = context.http({ allowPrivate: true });
  return {
    send: async (notification, { signal }) => {
      const now = context.clock.now();
      const shown = present(notification, now);
      const called = mentionsOf(mentions, notification);
      const connection = { client, clock: context.clock, url: addressOf(url.reveal()) };
      const first = await post(connection, toPayload(shown, called, now), signal);
      if (first.accepted) return noted(first, context.log);
      // A receiver that is broken would refuse the plain form as well.
      if (first.failure.class !== "poison") throw first.failure;
      // Slack does not explain why it cannot read a message: the plain form is the second and last try.
      const { message } = first.failure;
      context.log.warn("slack refused the message, sending it as plain text", { error: message });
      const second = await post(connection, toPlainPayload(shown, called, now), signal);
      if (!second.accepted) throw second.failure;
      return noted(second, context.log);
    },
    probe: (signal) => client.reach(addressOf(url.reveal()), signal),
    close: () => client.close(),
  };
}

interface Connection {
  readonly client: HttpClient;
  readonly clock: Clock;
  /** In the clear. */
  readonly url: string;
}

/** @throws {DeliveryError} broken, without the URL, which is a password. */
function addressOf(secret: string): string {
  if (isAddress(secret)) return secret;
  throw DeliveryError.broken("misconfigured", `the webhook URL is ${NO_ADDRESS}`);
}

/** A message that was accepted in words that nobody knows; a person may look whether it is there. */
function noted({ note }: Extract<Verdict, { accepted: true }>, log: Logger): Sent {
  if (note !== undefined) log.warn("slack accepted the message without ok", { answer: note });
  return {};
}

/** Makes one request. Throws only when nobody answered. */
async function post(connection: Connection, payload: SlackPayload, signal: AbortSignal): Promise<Verdict> {
  const { client, clock, url } = connection;
  // The package keeps neither the headers nor, when the body is cut off, the status: the client below records them.
  let seen: Pick<Answer, "status" | "headers"> | undefined;
  const webhook = new IncomingWebhook(url, {
    retryConfig: { retries: 0 },
    fetch: async (target, init) => {
      const response = await client.fetch(target, { ...init, redirect: "manual", signal });
      seen = { status: response.status, headers: Object.fromEntries(response.headers) };
      return response;
    },
  });
  let body = "";
  try {
    body = (await webhook.send(payload)).text;
  } catch (thrown) {
    if (seen === undefined) throw causeOf(thrown, signal);
    if (thrown instanceof IncomingWebhookHTTPError) body = thrown.body;
  }
  if (seen === undefined) return { accepted: true };
  const said = client.quote({ headers: seen.headers, body }, url);
  return verdictOf({ ...seen, body, said }, clock.now());
}

/** The error of our client, which the package wraps. */
function causeOf(thrown: unknown, signal: AbortSignal): DeliveryError {
  return toDeliveryError(thrown instanceof IncomingWebhookRequestError ? thrown.original : thrown, signal);
}
