import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { callbackify } from "node:util";

import type {
  NodemailerError,
  SendMailOptions,
  SMTPPoolOptions,
  SMTPPoolSentMessageInfo,
  Transporter,
} from "nodemailer";

import { trustSystemStore } from "../../egress/index.ts";
import { Deadline } from "../../lib/deadline.ts";
import { TocsinError } from "../../lib/errors.ts";
import type { Secret } from "../../lib/secret.ts";
import type { SinkContext } from "../../sink/index.ts";
import { type LoginWatch, watchLogins } from "./login-watch.ts";
import { poolOptions } from "./pool-options.ts";

/** Server and credentials. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly tls: "starttls" | "implicit" | "none";
  readonly login: { readonly username: string; readonly password: Secret } | undefined;
  /** Absolute; trusted instead of the system's authorities. */
  readonly caFile: string | undefined;
  /** The name in its certificate, where that is not `host`. */
  readonly serverName: string | undefined;
  /** The name that the client gives itself in EHLO. */
  readonly hello: string;
  /** The longest that one attempt may take, milliseconds; nothing here ends earlier by itself. */
  readonly attemptMs: number;
}

type Pool = Transporter<SMTPPoolSentMessageInfo, SMTPPoolOptions>;

/** The way to one mail server; its connections are made anew after the password or the authority's file changed. */
export interface MailTransport {
  /**
   * Sends one mail, and returns the refused recipients, which may be all of them. Rejects with ERR_SECRET_UNRESOLVED,
   * ERR_CONFIG_INVALID when `caFile` cannot be read, or an error of nodemailer that is not about recipients.
   *
   * @param onWritten Called when the whole mail was given to the connection.
   */
  send(
    mail: SendMailOptions,
    signal: AbortSignal,
    onWritten: () => void,
  ): Promise<readonly NodemailerError[]>;
  /** Connects, begins TLS and logs in as for a mail, and leaves again. Rejects as `send` does. */
  verify(signal: AbortSignal): Promise<void>;
  /** Whether a connection has logged in: a server that offers no login takes mails without one, or refuses them. */
  readonly hasLoggedIn: boolean;
  /** Ends every connection, also those in use; safe to call twice. */
  close(): void;
}

type Network = Pick<SinkContext, "attemptsAtOnce" | "clock" | "dial">;

/** A pool, and the end of connections that it does not have yet. */
interface Opened {
  /** Its password and authority. */
  readonly key: string;
  readonly pool: Pool;
  readonly logins: LoginWatch;
  readonly dialling: AbortController;
}

/** A transport with one connection for each attempt at once, opened at its first use. */
export function createMailTransport(server: MailServer, network: Network): MailTransport {
  let opened: Opened | undefined;
  /** Keyed by the signal of a mail, the only value of ours that nodemailer hands on. */
  const written = new WeakMap<object, () => void>();

  const current = async (): Promise<Pool> => {
    // The library costs 8 MB and 30 ms of the start, so only a mail loads it.
    const { createTransport } = await import("nodemailer");
    const password = server.login?.password.reveal();
    const ca = server.caFile === undefined ? undefined : readAuthority(server.caFile);
    const key = JSON.stringify([password, ca]);
    if (opened?.key === key) return opened.pool;
    opened?.pool.close();
    if (server.tls !== "none") trustSystemStore();
    const logins = watchLogins();
    const dialling = new AbortController();
    const pool = createTransport({
      ...poolOptions(server, password, ca),
      maxConnections: network.attemptsAtOnce,
      getSocket: socketsOf(server, network, dialling.signal),
      logger: logins.logger,
    });
    pool.use("stream", ({ data, message }, done) => {
      const { signal } = data;
      // Its end is read only after the server's go-ahead for the content.
      message.processFunc((content) =>
        content.once("end", () => {
          if (signal !== undefined && signal !== null) written.get(signal)?.();
        }),
      );
      done();
    });
    opened = { key, pool, logins, dialling };
    return pool;
  };
  const close = (): void => {
    opened?.dialling.abort(new DOMException("the sink is closed", "AbortError"));
    opened?.pool.close({ force: true });
    opened = undefined;
  };

  return {
    send: async (mail, signal, onWritten) => {
      const pool = await current();
      written.set(signal, onWritten);
      return refusedOf(pool.sendMail({ ...mail, signal }));
    },
    verify: async (signal) => {
      const pool = await current();
      const aborted = Promise.withResolvers<never>();
      const abort = (): void => {
        aborted.reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
        close();
      };
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort, { once: true });
      try {
        await Promise.race([pool.verify(), aborted.promise]);
      } finally {
        signal.removeEventListener("abort", abort);
      }
    },
    get hasLoggedIn() {
      return opened?.logins.hasLoggedIn ?? false;
    },
    close,
  };
}

/** The refused recipients of one transaction, also when it refused all of them. */
interface Refusals {
  readonly rejectedErrors?: readonly NodemailerError[] | undefined;
}

/** Waits for one transaction; throws errors that are not about recipients. */
async function refusedOf(sending: Promise<Refusals>): Promise<readonly NodemailerError[]> {
  try {
    return (await sending).rejectedErrors ?? [];
  } catch (thrown) {
    // nodemailer adds the list to its own error when no recipient is left.
    const refused = thrown instanceof Error ? (thrown as Refusals).rejectedErrors : undefined;
    if (refused === undefined || refused.length === 0) throw thrown;
    return refused;
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
function socketsOf(
  { host, port, attemptMs }: MailServer,
  { clock, dial }: Network,
  signal: AbortSignal,
): SMTPPoolOptions["getSocket"] {
  const open = callbackify(async (): Promise<Socket> => {
    using deadline = new Deadline(clock, attemptMs, {
      reason: () => new DOMException("no connection in time", "TimeoutError"),
      signal,
    });
    return await dial({ scheme: "smtp", host, port, allowPrivate: true }, deadline.signal);
  });
  return (_, callback) => open((error, connection) => callback(error, { connection }));
}
