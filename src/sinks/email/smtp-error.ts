import type { NodemailerError } from "nodemailer";

import {
  DeliveryError,
  type Failure,
  type FailureClass,
  tlsProblem,
  toDeliveryError,
} from "../../egress/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import { TocsinError } from "../../lib/errors.ts";
import { oneLine } from "../../lib/text.ts";

const LONGEST_REPLY = 160;

/** nodemailer's codes, for failures without a reply of the server. */
const CODES: Readonly<Record<string, Meaning>> = {
  ECONNECTION: ["network", "transient", "the connection to the mail server failed"],
  ESOCKET: ["network", "transient", "the connection to the mail server failed"],
  EPROXY: ["network", "transient", "the connection to the mail server failed"],
  EPROTOCOL: ["network", "transient", "the mail server does not speak SMTP as expected"],
  EDNS: ["network", "transient", "the mail server's name cannot be resolved"],
  ETIMEDOUT: ["timeout", "transient", "the mail server does not answer in time"],
  ETLS: ["tls", "broken", "TLS with the mail server failed"],
  EREQUIRETLS: ["tls", "broken", "TLS with the mail server failed"],
  EMESSAGE: ["too-large", "poison", "the mail is larger than the server takes"],
  EAUTH: ["unauthorized", "broken", "the mail server takes none of the ways to log in"],
  ENOAUTH: ["unauthorized", "broken", "the mail server wants credentials"],
};

/** Node's and OpenSSL's names for failed TLS. */
const TLS = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME|EPROTO$/u;

/** Replies about the name in EHLO; many servers give them to a later command, such as Postfix to RCPT TO. */
const ABOUT_OUR_NAME =
  /helo command rejected|(?:need|require)[a-z ]* fully[- ]qualified|invalid (?:helo|ehlo|domain) name/iu;

/** Replies to EHLO and HELO that are about their argument, and those of servers that do not know EHLO. */
const REFUSED_NAME: ReadonlySet<number> = new Set([501, 504, 550, 553]);
const UNKNOWN_COMMAND: ReadonlySet<number> = new Set([500, 502]);

/** A server that repeats the command it refuses would repeat the password. */
const CODES_OF_REPLY = /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3}(?=[\s]|$))?/u;

/**
 * Classifies a failed send (docs/design/delivery.md#smtp-answers). The message quotes the server's reply, cut, and no
 * other foreign text.
 *
 * @param signal The attempt's.
 */
export function toSmtpError(thrown: unknown, signal: AbortSignal): DeliveryError {
  return signal.aborted || !isMailError(thrown) ? toDeliveryError(thrown, signal) : refusal(thrown);
}

/** Classifies one error of nodemailer, such as that of a single recipient. */
export function refusal(error: NodemailerError): DeliveryError {
  const [failure, kind, what] = classify(error);
  // A refused sender or login is refused for every list of recipients.
  return DeliveryError[kind](failure, what + quoted(error), kind === "broken" ? { scope: "sink" } : {});
}

/** ` (550 5.1.1 no such user)`, or "" without a reply; of a reply to AUTH only the codes. */
export function quoted({
  code,
  command = "",
  response,
}: Pick<NodemailerError, "code" | "command" | "response">): string {
  if (response === undefined) return "";
  const isOfLogin = code === "EAUTH" || command.startsWith("AUTH");
  const words = isOfLogin ? (CODES_OF_REPLY.exec(response)?.[0] ?? "") : oneLine(response);
  return words === "" ? "" : ` (${cutMiddle(words, LONGEST_REPLY)})`;
}

type Meaning = readonly [Failure, FailureClass, string];

function classify(error: NodemailerError): Meaning {
  const { code = "", originalCode = "", responseCode } = error;
  if (TLS.test(originalCode)) return ["tls", "broken", tlsWords(originalCode)];
  if (responseCode !== undefined) return byReply(error);
  return CODES[code] ?? ["misconfigured", "broken", `the mail cannot be sent (${code})`];
}

function isAboutOurName(command: string, code: number, response: string): boolean {
  const isReplyToIt = (command === "EHLO" || command === "HELO") && REFUSED_NAME.has(code);
  return isReplyToIt || (code >= 500 && ABOUT_OUR_NAME.test(response));
}

function tlsWords(code: string): string {
  return `TLS with the mail server failed: ${tlsProblem(code) ?? "it ended the handshake"} (${code})`;
}

function byReply({
  code = "",
  command = "",
  permanent,
  response = "",
  responseCode = 0,
}: NodemailerError): Meaning {
  // https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-basic-authentication-exchange-online
  if (response.includes("5.7.30")) {
    return [
      "unauthorized",
      "broken",
      "Exchange Online takes OAuth only here, no passwords: send through a relay",
    ];
  }
  if (isAboutOurName(command, responseCode, response)) {
    return ["rejected", "broken", "the mail server refuses the name that Tocsin gives itself: set hello"];
  }
  if (permanent === false) return ["server", "transient", "the mail server asks to try again later"];
  return ofSession(command, responseCode, code) ?? ofMail(command, responseCode, code);
}

/** Refusals of everything from us: TLS and the login. */
function ofSession(command: string, responseCode: number, code: string): Meaning | undefined {
  if (command === "STARTTLS" || (command === "EHLO" && UNKNOWN_COMMAND.has(responseCode))) {
    return ["tls", "broken", "the mail server does not offer STARTTLS, and nothing is sent in the clear"];
  }
  if (responseCode === 530 || responseCode === 538) {
    return ["unauthorized", "broken", "the mail server wants credentials or TLS first"];
  }
  return code === "EAUTH" ? ["unauthorized", "broken", "the mail server refuses the credentials"] : undefined;
}

function ofMail(command: string, responseCode: number, code: string): Meaning {
  if (responseCode === 552) return ["too-large", "poison", "the mail is too large for the server"];
  if (code === "EMESSAGE" || command === "RCPT TO" || command === "DATA") {
    return ["rejected", "poison", "the mail server refuses the mail"];
  }
  const what = command === "MAIL FROM" ? "refuses the sender" : "refuses to talk";
  return ["rejected", "broken", `the mail server ${what}`];
}

/** Our own errors have codes as well. */
function isMailError(thrown: unknown): thrown is NodemailerError {
  if (!(thrown instanceof Error) || thrown instanceof TocsinError) return false;
  return "code" in thrown && typeof thrown.code === "string";
}
