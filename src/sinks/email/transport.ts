import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { callbackify } from "node:util";

import type { SMTPPoolOptions, SMTPPoolSentMessageInfo, Transporter } from "nodemailer";

import { Deadline } from "../../lib/deadline.ts";
import { TocsinError } from "../../lib/errors.ts";
import type { Secret } from "../../lib/secret.ts";
import type { SinkContext } from "../../sink/index.ts";

/** Time to connect, a proxy included. The attempt's own deadline may be earlier. */
const CONNECT_WITHIN_MS = 10_000;

/** Server and credentials. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly tls: "starttls" | "implicit" | "none";
  readonly login: { readonly username: string; readonly password: Secret } | undefined;
  /** Absolute; trusted instead of the system's authorities. */
  readonly caFile: string | undefined;
}

type Pool = Transporter<SMTPPoolSentMessageInfo, SMTPPoolOptions>;

/** One transport, or its replacement after the password or the authority's file changed. */
export interface MailTransport {
  /** Rejects with ERR_SECRET_UNRESOLVED, or ERR_CONFIG_INVALID when `caFile` cannot be read. */
  current(): Promise<Pool>;
  /** Ends every connection, also those in use; safe to call twice. */
  close(): void;
}

type Network = Pick<SinkContext, "attemptsAtOnce" | "clock" | "dial">;

/** A pool with one connection for each attempt at once, opened at its first use. */
export function createMailTransport(server: MailServer, network: Network): MailTransport {
  let opened: { readonly key: string; readonly transport: Pool } | undefined;
  return {
    current: async () => {
      // The library costs 8 MB and 30 ms of the start, so only a mail loads it.
      const { createTransport } = await import("nodemailer");
      const password = server.login?.password.reveal();
      const ca = server.caFile === undefined ? undefined : readAuthority(server.caFile);
      const key = JSON.stringify([password, ca]);
      if (opened?.key !== key) {
        opened?.transport.close();
        opened = {
          key,
          transport: createTransport({
            ...poolOptions(server, password, ca),
            maxConnections: network.attemptsAtOnce,
            getSocket: socketsOf(server, network),
          }),
        };
      }
      return opened.transport;
    },
    close: () => opened?.transport.close({ force: true }),
  };
}

/** Connects, begins TLS and logs in as for a mail, and leaves again. */
export async function verify(transport: MailTransport, signal: AbortSignal): Promise<void> {
  const pool = await transport.current();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => {
    aborted.reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    transport.close();
  };
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([pool.verify(), aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function readAuthority(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new TocsinError("ERR_CONFIG_INVALID", `caFile ${path} cannot be read`, { cause });
  }
}

/** Gives nodemailer its sockets, by our rules of addresses and proxies instead of its own. */
function socketsOf({ host, port }: MailServer, { clock, dial }: Network): SMTPPoolOptions["getSocket"] {
  const open = callbackify(async (): Promise<Socket> => {
    using deadline = new Deadline(clock, CONNECT_WITHIN_MS, {
      reason: () => new DOMException("no connection in time", "TimeoutError"),
    });
    return await dial({ scheme: "smtp", host, port, allowPrivate: true }, deadline.signal);
  });
  return (_, callback) => open((error, connection) => callback(error, { connection }));
}

function poolOptions(
  { host, port, tls, login }: MailServer,
  password: string | undefined,
  ca: string | undefined,
): SMTPPoolOptions & { pool: true } {
  return {
    host,
    port,
    secure: tls === "implicit",
    // Without this nodemailer would send the password in the clear to an attacker who hides STARTTLS.
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    tls: { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) },
    ...(login === undefined || password === undefined
      ? {}
      : { auth: { user: login.username, pass: password } }),
    // The defaults are minutes.
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    dnsTimeout: 10_000,
    pool: true,
    maxMessages: 100,
    // The delivery worker makes further attempts.
    maxRequeues: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
