import type { Clock } from "../lib/clock.ts";

/** TLS settings under the names of node:tls; empty for plain http. */
export interface TlsMaterial {
  /** PEM. */
  readonly ca?: string;
  /** PEM. */
  readonly cert?: string;
  /** PEM. */
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Credentials of one request. Never logged. */
export interface Access {
  readonly tls: TlsMaterial;
  /** Lower-case names; `authorization` and the impersonation headers. */
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** The way to an API server. */
export interface Connection {
  /** With path prefix and without a trailing slash, user or query: `https://10.0.0.1:6443`. */
  readonly server: string;
  /** Of the kubeconfig; "" in-cluster. */
  readonly contextName: string;
  /** Its origin, safe to print: `in-cluster`, `kubeconfig /home/a/.kube/config`. */
  readonly origin: string;
  /** As written in the kubeconfig, possibly with a password; "" for none. */
  readonly proxyUrl: string;
  /**
   * Reads changed files anew.
   *
   * @param options.renew Also rereads the kubeconfig and asks plugins again: for use after 401.
   * @param options.clock For the answers of plugins, which expire.
   * @param options.signal Ends the wait for a plugin.
   * @throws {TocsinError} ERR_CREDENTIALS naming the file or plugin.
   */
  access(options: {
    readonly renew: boolean;
    readonly clock: Clock;
    readonly signal?: AbortSignal | undefined;
  }): Promise<Access>;
}
