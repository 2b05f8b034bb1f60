import type { NodemailerError } from "nodemailer";
import { z } from "zod";

import { DeliveryError } from "../../egress/index.ts";
import { PositiveDuration } from "../../lib/duration.ts";
import { FilePath } from "../../lib/file-path.ts";
import { strict, whenRight } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import { cleanText } from "../../lib/text.ts";
import { TimetableSpec } from "../../lib/timetable-spec.ts";
import { defineSink, present, type SinkContext } from "../../sink/index.ts";
import { choosing } from "../../sink/options/index.ts";
import { HelloName, HostName, nameOfDomain } from "./host-name.ts";
import { Mailbox, nameOfList, Recipients, recipientsOf, unique } from "./mailbox.ts";
import { quoted, refusal, toSmtpError } from "./smtp-error.ts";
import { toTextBody } from "./text-body.ts";
import { threadOf } from "./thread.ts";
import { lookOf, toMail } from "./to-mail.ts";
import { transmit } from "./transmit.ts";
import { createMailTransport, type MailServer } from "./transport.ts";
import { isUnansweredForGood, unansweredFailure } from "./unanswered.ts";

const Options = strict({
  host: z
    .string()
    .regex(/^[\w.:-]{1,255}$/u, "expected a host name, without port or scheme")
    .describe("the SMTP server"),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("by tls: 587 for starttls, 465 for implicit, 25 for none"),
  tls: z
    .enum(["starttls", "implicit", "none"])
    .optional()
    .describe("implicit on port 465, else starttls, without which nothing is sent"),
  username: z.string().min(1).optional().describe("for servers with a login"),
  password: SecretRef.optional().describe("goes with the username"),
  from: Mailbox.describe("the sender"),
  to: Recipients.describe("who gets the mails: a list, or lists chosen by a label"),
  cc: z.array(Mailbox).max(100).default([]).describe("who gets copies"),
  replyTo: Mailbox.optional().describe("where answers go"),
  caFile: FilePath.optional().describe("PEM; trusted instead of the system's authorities"),
  serverName: HostName.optional().describe(
    "the name in the server's certificate, where that is not the host",
  ),
  digest: TimetableSpec.optional().describe("one mail with all but critical alerts, at these times"),
  hello: HelloName.optional().describe("the name that Tocsin gives itself (EHLO); the domain of from"),
  dataTimeout: PositiveDuration.prefault("5m").describe(
    "the server's answer to a whole mail; timeout is for everything before it",
  ),
}).refine(({ username, password }) => (username === undefined) === (password === undefined), {
  message: "username and password go together",
  ...whenRight("username", "password"),
});
type Options = z.infer<typeof Options>;

const PORTS = { starttls: 587, implicit: 465, none: 25 } as const;

/** The rest of a partly refused mail. */
const Remaining = z.object({
  /** Addresses that the server refused for now. */
  to: z.array(z.string()).min(1),
  /** Whether a recipient has accepted the mail already. */
  isAccepted: z.boolean(),
  /** How often the whole mail was written without an answer of the server. */
  unanswered: z.int().min(0).default(0),
});
type Remaining = z.infer<typeof Remaining>;

/** Sends mails through an SMTP server: one per notification, in one thread per problem. */
export const email = defineSink<Options>({
  type: "email",
  options: Options,
  takes: ["alerts"],
  traits: ({ dataTimeout, digest, to }) => ({
    digest,
    chooses: choosing(to, nameOfList),
    rateLimit: { count: 20, perMs: 60_000 },
    concurrency: 1,
    totalConcurrency: 4,
    answerMs: dataTimeout,
  }),
  destinationOf: (notification, options) => nameOfList(recipientsOf(options.to, notification)),
  http: false,
  preview: (notification, options, { now }) => {
    const to = recipientsOf(options.to, notification);
    const { from, cc, replyTo } = options;
    const { subject = "" } = toMail(notification, { from, to, cc, replyTo }, undefined, now);
    const names = to.map(({ address }) => address).join(", ");
    const text = toTextBody(present(notification, now, lookOf(notification)), now);
    return cleanText(`From: ${from.address}\nTo: ${names}\nSubject: ${subject}\n\n${text}`);
  },
  create: (options, context) => {
    const server = serverOf(options, context);
    const transport = createMailTransport(server, context);
    const bounds = { clock: context.clock, timeoutMs: context.timeoutMs, dataTimeoutMs: options.dataTimeout };
    const warnOfNoLogin = onceEver(() => context.log.warn(NO_LOGIN));
    return {
      send: async (notification, { receiver, remaining, signal }) => {
        const to = recipientsOf(options.to, notification);
        const thread = notification.test ? undefined : threadOf(notification, receiver);
        const addresses = { from: options.from, to, cc: options.cc, replyTo: options.replyTo };
        const mail = toMail(notification, addresses, thread, context.clock.now());
        const known = Remaining.safeParse(remaining);
        const left = known.success
          ? known.data
          : {
              to: unique([...to, ...options.cc]).map(({ address }) => address),
              isAccepted: false,
              unanswered: 0,
            };
        const envelope = { from: options.from.address, to: [...left.to] };
        if (isUnansweredForGood(left.unanswered)) {
          throw unansweredFailure(DeliveryError.transient("timeout", ""), left.unanswered, left);
        }
        try {
          const done = await transmit(transport, { ...mail, envelope }, { ...bounds, signal });
          if (done.end === "unanswered") {
            const unanswered = left.unanswered + 1;
            throw unansweredFailure(done.error, unanswered, { ...left, unanswered } satisfies Remaining);
          }
          if (server.login !== undefined && !transport.hasLoggedIn) warnOfNoLogin();
          settle(done.refused, left, context);
        } catch (thrown) {
          throw keepingRemaining(toSmtpError(thrown, signal), left);
        }
        // The next problem of this group starts a thread of its own.
        return { receiver: thread === undefined || notification.kind === "resolved" ? null : thread };
      },
      probe: async (signal) => {
        const { host, port, tls, login } = server;
        const place = `${host}:${port}${tls === "none" ? "" : " over TLS"}`;
        try {
          await transport.verify(signal);
        } catch (thrown) {
          throw toSmtpError(thrown, signal).at(place);
        }
        if (login === undefined) return place;
        return `${place}, ${transport.hasLoggedIn ? "logged in" : "without a login: the server offers none"}`;
      },
      close: async () => transport.close(),
    };
  },
});

function serverOf(options: Options, context: SinkContext): MailServer {
  const { host, username, password, caFile, serverName, from } = options;
  const tls = options.tls ?? (options.port === PORTS.implicit ? "implicit" : "starttls");
  return {
    host,
    port: options.port ?? PORTS[tls],
    tls,
    login:
      username === undefined || password === undefined
        ? undefined
        : { username, password: context.secret(password) },
    caFile: caFile === undefined ? undefined : context.resolvePath(caFile),
    serverName,
    hello: options.hello ?? nameOfDomain(from.address),
    attemptMs: context.timeoutMs + options.dataTimeout,
  };
}

const NO_LOGIN =
  "the mail server offers no login: mails go out without one, although a username is configured";

/** Calls the function the first time only. */
function onceEver(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}

/**
 * Recipients refused for now are tried again, and only those. Recipients refused for good are logged and dropped when
 * another recipient has the mail, since one dead address must not cost the others the end of the alert; else the mail
 * cannot be sent.
 */
function settle(refused: readonly NodemailerError[], left: Remaining, { log }: SinkContext): void {
  const isAccepted = left.isAccepted || refused.length < left.to.length;
  const deferred = refused.filter((error) => error.permanent === false);
  const final = refused.filter((error) => error.permanent !== false);
  const [later] = deferred;
  const [never] = final;
  if (never !== undefined && !isAccepted && later === undefined) throw refusal(never);
  if (never !== undefined) {
    log.warn("mail refused for some recipients", { recipients: addressesOf(final), reply: never.response });
  }
  if (later === undefined) return;
  const who = deferred.length === 1 ? "1 recipient is" : `${deferred.length} recipients are`;
  throw DeliveryError.transient("server", `${who} refused for now${quoted(later)}`, {
    remaining: { to: addressesOf(deferred), isAccepted, unanswered: 0 } satisfies Remaining,
  });
}

function addressesOf(refused: readonly NodemailerError[]): string[] {
  return refused.flatMap(({ recipient }) => (recipient === undefined ? [] : [recipient]));
}

/** A failed connection of a later attempt must not forget who has, or may have, the mail. */
function keepingRemaining(error: DeliveryError, left: Remaining): DeliveryError {
  const isKnown = left.isAccepted || left.unanswered > 0;
  return error.remaining !== undefined || !isKnown ? error : error.with({ remaining: left });
}
