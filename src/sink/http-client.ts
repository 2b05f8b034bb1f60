import type { SecretRef } from "../lib/secret.ts";

/** The options that every HTTP sink takes, parsed. */
export interface HttpOptions {
  readonly auth?:
    | { readonly bearer: SecretRef }
    | { readonly basic: { readonly username: string; readonly password: SecretRef } }
    | undefined;
  readonly headers?: Readonly<Record<string, SecretRef>> | undefined;
  readonly tls?:
    | {
        readonly caFile?: string | undefined;
        readonly certFile?: string | undefined;
        readonly keyFile?: string | undefined;
      }
    | undefined;
  readonly proxy?: string | undefined;
  /** Whether private and loopback addresses may be reached; link-local and metadata addresses never may. */
  readonly allowPrivate: boolean;
  /** Connections at once. */
  readonly concurrency: number;
}

/** One request. The URL may be a secret: it never appears in an error. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
}

/** An answer whose status was read; the body is cut at 64 KiB. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Makes single requests: no retries, no redirects, nothing cached between destinations. */
export interface HttpClient {
  /** @throws {DeliveryError} for anything that is not an HTTP answer: network, TLS, deadline, refused address. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** For libraries that want a `fetch`; the same rules hold, redirects come back as 3xx answers. */
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}
