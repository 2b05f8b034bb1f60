import type { Clock } from "../lib/clock.ts";
import { TocsinError } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { ownVersion } from "../lib/own-version.ts";
import type { Connection } from "./access.ts";
import { type ApiClient, createApiClient } from "./api-client.ts";
import { type ConnectOptions, findConnection } from "./find-connection.ts";
import { SERVICE_ACCOUNT_DIR } from "./in-cluster.ts";

/** Collaborators of `connect`. */
export interface ConnectContext {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Logger;
  /** The folder of an in-cluster token, if not the kubelet's. */
  readonly serviceAccountDir?: string;
  /** Ends the wait for credentials. */
  readonly signal?: AbortSignal;
}

/**
 * Finds the API server; sends nothing yet. It reads the files that the credentials name, so that a missing one shows at
 * the start.
 *
 * @throws {TocsinError} ERR_CREDENTIALS saying which file, what is missing and what to do.
 */
export async function connect(options: ConnectOptions, context: ConnectContext): Promise<ApiClient> {
  const connection = find(options, context);
  await connection.access({ renew: false, clock: context.clock, signal: context.signal });
  context.log.debug("credentials found", { server: connection.server, origin: connection.origin });
  return clientOf(connection, context);
}

/**
 * As `connect`, but reads token and certificate files and asks plugins only at the first call.
 *
 * @throws {TocsinError} ERR_CREDENTIALS when there is no kubeconfig, or no usable one.
 */
export function openClient(options: ConnectOptions, context: Omit<ConnectContext, "log">): ApiClient {
  return clientOf(find(options, context), context);
}

/** The name of the context that `connect` would use, by files alone; "" in a cluster, and where there is none to use. */
export function contextNameOf(
  options: ConnectOptions,
  places: Pick<ConnectContext, "env" | "serviceAccountDir">,
): string {
  try {
    return find(options, places).contextName;
  } catch (error) {
    if (error instanceof TocsinError && error.code === "ERR_CREDENTIALS") return "";
    throw error;
  }
}

type ConnectDeps = Omit<ConnectContext, "log">;

function find(
  options: ConnectOptions,
  { env, serviceAccountDir = SERVICE_ACCOUNT_DIR }: Pick<ConnectContext, "env" | "serviceAccountDir">,
): Connection {
  return findConnection(options, env, serviceAccountDir);
}

function clientOf(connection: Connection, { env, clock }: ConnectDeps): ApiClient {
  return createApiClient({ connection, clock, env, userAgent: `tocsin/${ownVersion()}` });
}
