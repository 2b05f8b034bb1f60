import { isIP } from "node:net";

import type { ClientConfig } from "pg";

import { TocsinError } from "../../lib/errors.ts";

/** Where the database is, and as whom to open it. */
export interface PostgresPlace {
  /** `postgres://user:password@host:port/database`; `?host=/folder` for a socket, `?sslmode=disable` for no TLS. */
  readonly url: string;
  /** Authorities of the server's certificate, PEM; undefined: those that Node knows. */
  readonly ca?: string | undefined;
  /** For `pg_stat_activity`. */
  readonly application: string;
}

/** How long a connection may take, and a statement its answer, milliseconds. */
const CONNECT_WITHIN_MS = 5000;
const ANSWER_WITHIN_MS = 4000;

/**
 * The settings of each connection, made before its first use, as names and values of PostgreSQL. They are set by a statement and not
 * by the greeting, because poolers refuse greetings with settings that they do not know.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  // An acknowledged commit is on the disk.
  synchronous_commit: "on",
  // A writer that was cut off must not keep the row of its holding locked.
  idle_in_transaction_session_timeout: "3s",
  lock_timeout: "2s",
  statement_timeout: "10s",
  // The server notices a client that is gone.
  tcp_user_timeout: "5s",
  // Every statement of a transaction sees what is committed by then: the fence demands it.
  default_transaction_isolation: "read committed",
  client_encoding: "UTF8",
};

/** The settings of the driver for one connection. @throws {TocsinError} ERR_STORE for a URL of another form. */
export function toClientConfig({ url, ca, application }: PostgresPlace): ClientConfig {
  const { protocol, hostname, port, username, password, pathname, searchParams } = parse(url);
  if (protocol !== "postgres:" && protocol !== "postgresql:") throw wrongUrl("it begins with postgres://");
  const host = searchParams.get("host") ?? decodeURIComponent(hostname.replace(/^\[|\]$/gu, ""));
  const isPlain = host.startsWith("/") || (isLoopback(host) && searchParams.get("sslmode") !== "verify-full");
  if (!isPlain && searchParams.get("sslmode") === "disable") {
    throw wrongUrl(
      "sslmode=disable is for loopback and sockets alone, because the password would be read on the way",
    );
  }
  return {
    host,
    port: port === "" ? Number(searchParams.get("port") ?? 5432) : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    ssl: isPlain ? false : { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
    application_name: application,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    pipeline: true,
  };
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch {
    // The text has a password, so nothing of it is repeated.
    throw wrongUrl("it is no URL: postgres://user:password@host:5432/database");
  }
}

function wrongUrl(why: string): TocsinError {
  return new TocsinError("ERR_STORE", `state.url cannot be used: ${why}`);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
