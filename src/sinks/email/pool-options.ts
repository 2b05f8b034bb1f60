import type { SMTPPoolOptions } from "nodemailer";

import type { MailServer } from "./transport.ts";

/** How long an idle connection is kept; many servers end one after five minutes, milliseconds. */
const IDLE_MS = 30_000;

/**
 * The settings of nodemailer's pool. Its own timers come after the deadlines of an attempt, which are the only ones, and
 * are there for connections that no attempt waits for any more.
 */
export function poolOptions(
  { host, port, tls, login, serverName, hello, attemptMs }: MailServer,
  password: string | undefined,
  ca: string | undefined,
): SMTPPoolOptions & { pool: true } {
  const lastMs = attemptMs + IDLE_MS;
  return {
    host,
    port,
    name: hello,
    secure: tls === "implicit",
    // Without this nodemailer would send the password in the clear to an attacker who hides STARTTLS.
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    tls: {
      minVersion: "TLSv1.2",
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    },
    ...(login === undefined || password === undefined
      ? {}
      : { auth: { user: login.username, pass: password } }),
    connectionTimeout: lastMs,
    greetingTimeout: lastMs,
    socketTimeout: lastMs,
    dnsTimeout: lastMs,
    idleTimeout: IDLE_MS,
    pool: true,
    maxMessages: 100,
    // The delivery worker makes further attempts.
    maxRequeues: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
