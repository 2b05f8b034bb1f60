import { IncomingWebhook, IncomingWebhookHTTPError, IncomingWebhookRequestError } from "@slack/webhook";
import { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import { DeliveryError, type HttpClient, toDeliveryError } from "../../egress/index.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Logger } from "../../lib/log.ts";
import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import { cleanText } from "../../lib/text.ts";
import { defineSink, present, type Sent } from "../../sink/index.ts";
import { type Answer, type Verdict, verdictOf } from "./answer.ts";
import { type SlackPayload, toPayload, toPlainPayload } from "./payload.ts";

/** Texts that Slack turns into a mention; other texts would be shown, or mean something else. */
const Mention = z
  .string()
  .regex(/^<(?:!subteam\^S[A-Z0-9]{2,30}|@[UW][A-Z0-9]{2,30}|!here|!channel|!everyone)>$/u, {
    error: (issue) =>
      `not a mention: ${JSON.stringify(issue.input)} (write <!subteam^S…> for a user group, <@U…> for a person, or <!here>)`,
  });

const Mentions = z.array(Mention, { error: "expected a list of mentions" }).max(10).optional();

const NO_ADDRESS = "not an http:// or https:// URL: begin it with https://";

const Options = strict({
  url: SecretRef.refine((url) => typeof url !== "string" || isAddress(url), { error: NO_ADDRESS }).describe(
    "an incoming webhook's URL: everyone who has it can post",
  ),
  mentions: strict({ critical: Mentions, warning: Mentions, info: Mentions })
    .default({})
    .describe("who is called, by severity, when something fires"),
});
type Options = z.infer<typeof Options>;

/** Posts to one Slack channel through an incoming webhook. */
export const slack = defineSink<Options>({
  type: "slack",
  options: Options,
  takes: ["alerts"],
  // https://docs.slack.dev/apis/web-api/rate-limits: one message per second; Slack does not promise bursts.
  traits: () => ({ rateLimit: { count: 1, perMs: 1000 }, concurrency: 1 }),
  http: true,
  // In the form of Slack's Block Kit Builder.
  preview: (notification, options, { now }) => {
    const payload = toPayload(present(notification, now), mentionsOf(options, notification), now);
    return cleanText(JSON.stringify(payload, undefined, 2));
  },
  create: (options, context) => {
    const url = context.secret(options.url);
    const client = context.http({ allowPrivate: true });
    return {
      send: async (notification, { signal }) => {
        const now = context.clock.now();
        const shown = present(notification, now);
        const mentions = mentionsOf(options, notification);
        const connection = { client, clock: context.clock, url: addressOf(url.reveal()) };
        const first = await post(connection, toPayload(shown, mentions, now), signal);
        if (first.accepted) return noted(first, context.log);
        // A receiver that is broken would refuse the plain form as well.
        if (first.failure.class !== "poison") throw first.failure;
        // Slack does not explain why it cannot read a message: the plain form is the second and last try.
        const { message } = first.failure;
        context.log.warn("slack refused the message, sending it as plain text", { error: message });
        const second = await post(connection, toPlainPayload(shown, mentions, now), signal);
        if (!second.accepted) throw second.failure;
        return noted(second, context.log);
      },
      probe: (signal) => client.reach(addressOf(url.reveal()), signal),
      close: () => client.close(),
    };
  },
});

interface Connection {
  readonly client: HttpClient;
  readonly clock: Clock;
  /** In the clear. */
  readonly url: string;
}

function mentionsOf({ mentions }: Options, { severity, status, test }: Notification): readonly string[] {
  return status === "firing" && !test ? (mentions[severity] ?? []) : [];
}

/** @throws {DeliveryError} broken, without the URL, which is a password. */
function addressOf(secret: string): string {
  if (isAddress(secret)) return secret;
  throw DeliveryError.broken("misconfigured", `the webhook URL is ${NO_ADDRESS}`);
}

/** Slack-compatible receivers may stand in the same network, without TLS. */
function isAddress(text: string): boolean {
  return /^https?:$/u.test(URL.parse(text)?.protocol ?? "");
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
