import { WebSocket } from "undici";

import { openSecret, type SecretDeps } from "../lib/secret-option.ts";
import type { Secret } from "../lib/secret.ts";
import { authorizationOfUrl, basicAuthorization } from "./basic-authorization.ts";
import { DeliveryError } from "./delivery-error.ts";
import { createDispatchers } from "./dispatchers.ts";
import { type Answer, exchange } from "./exchange.ts";
import { toDeliveryError } from "./http-error.ts";
import type { HttpSettings } from "./http-settings.ts";
import { proxyFor } from "./proxy.ts";
import { type QuotableAnswer, quoteAnswer } from "./quote-answer.ts";
import { reach } from "./reach.ts";

/** Settings of a client. */
export interface HttpOptions extends HttpSettings {
  /** Whether private and loopback addresses are allowed; link-local and metadata addresses never are. */
  readonly allowPrivate: boolean;
  /** Connections at once, to each destination. */
  readonly concurrency: number;
}

/** One request. The URL may be a secret: it never appears in an error. */
interface HttpRequest {
  readonly url: string;
  readonly method: string;
  /** These win over the configured headers; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The only deadline: over connecting, sending and reading. */
  readonly signal: AbortSignal;
}

/** Makes single requests: no retries, no redirects, nothing cached between destinations. */
export interface HttpClient {
  /** @throws {DeliveryError} for every end without an HTTP answer: network, TLS, deadline, refused address. */
  request(request: HttpRequest): Promise<Answer>;
  /**
   * Connects as a request to this URL would, and sends nothing: `hooks.example:443 over TLS`. It also makes the
   * headers, so that a missing secret shows.
   *
   * @throws {DeliveryError} as `request` does.
   */
  reach(url: string, signal: AbortSignal): Promise<string>;
  /** A piece of an answer's body for an error, cut, cleaned and without secrets; "" for an empty body. */
  quote(answer: QuotableAnswer, url: string): string;
  /** For libraries that want a `fetch`; the same rules hold, and redirects come back as 3xx answers. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Opens a WebSocket; the same rules hold: proxies, refused addresses, TLS.
   *
   * @throws {DeliveryError} when the address is refused.
   */
  webSocket(url: string): WebSocket;
  /** Ends every connection, also those in use; safe to call twice. */
  close(): Promise<void>;
}

/** Makes a client with its own connections. It reads secrets and TLS files again when they changed. */
export function createHttpClient(options: HttpOptions, deps: SecretDeps): HttpClient {
  const { tls = {}, allowPrivate, concurrency } = options;
  const pools = createDispatchers({
    tls: absolutePaths({ ca: tls.caFile, cert: tls.certFile, key: tls.keyFile }, deps),
    serverName: tls.serverName,
    proxy: options.proxy,
    allowPrivate,
    concurrency,
    env: deps.env,
  });
  const ownHeaders = headerSource(options, deps);

  const request = async ({ url, method, headers, body, signal }: HttpRequest): Promise<Answer> => {
    try {
      const target = parseTarget(url);
      const all = { ...target.headers, ...ownHeaders(), ...headers };
      const pool = pools.for(target.url);
      const { origin, pathname, search } = target.url;
      return await exchange(pool, { origin, path: pathname + search, method, headers: all, body }, signal);
    } catch (thrown) {
      throw toDeliveryError(thrown, signal);
    }
  };
  const reachUrl = async (text: string, signal: AbortSignal): Promise<string> => {
    let place = "";
    try {
      const { url } = parseTarget(text);
      const isProxied = proxyFor(url, options.proxy, deps.env) !== undefined;
      place = `${placeOf(url)}${isProxied ? ", through the proxy" : ""}`;
      ownHeaders();
      await reach(pools.for(url), url.origin, signal);
      return place;
    } catch (thrown) {
      throw toDeliveryError(thrown, signal).at(place);
    }
  };
  const quote = (answer: QuotableAnswer, url: string): string =>
    quoteAnswer(answer, url, (text) => deps.scrubber.scrub(text));
  const webSocket = (url: string): WebSocket =>
    new WebSocket(url, { dispatcher: pools.for(parseTarget(url.replace(/^ws/u, "http")).url) });
  return { request, reach: reachUrl, quote, fetch: toFetch(request), webSocket, close: () => pools.close() };
}

/** Host and port only: the path may be a secret. */
function placeOf({ hostname, port, protocol }: URL): string {
  const isTls = protocol === "https:";
  return `${hostname}:${port === "" ? (isTls ? 443 : 80) : port}${isTls ? " over TLS" : ""}`;
}

function absolutePaths(
  paths: Readonly<Record<"ca" | "cert" | "key", string | undefined>>,
  { resolvePath }: SecretDeps,
): { ca?: string; cert?: string; key?: string } {
  return Object.fromEntries(
    Object.entries(paths).flatMap(([name, path]) => (path === undefined ? [] : [[name, resolvePath(path)]])),
  );
}

/** Headers with control characters or beyond Latin-1 cannot be sent; a literal one is refused at load. */
const SENDABLE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/u;

function headerSource(options: HttpOptions, deps: SecretDeps): () => Record<string, string> {
  const { auth } = options;
  const sources = Object.entries(options.headers ?? {}).map(
    ([name, ref]) => [name.toLowerCase(), openSecret(ref, deps)] as const,
  );
  const authorization = auth === undefined ? undefined : authorizationOf(auth, deps);
  return () => {
    const headers: Record<string, string> = {};
    if (authorization !== undefined) headers["authorization"] = sendable("auth", authorization());
    for (const [name, secret] of sources) headers[name] = sendable(name, secret.reveal());
    return headers;
  };
}

function authorizationOf(auth: NonNullable<HttpSettings["auth"]>, deps: SecretDeps): () => string {
  if ("bearer" in auth) {
    const token = openSecret(auth.bearer, deps);
    return () => `Bearer ${token.reveal()}`;
  }
  const { username } = auth.basic;
  const password: Secret = openSecret(auth.basic.password, deps);
  return () => basicAuthorization(username, password.reveal());
}

function sendable(name: string, value: string): string {
  if (SENDABLE.test(value)) return value;
  throw misconfigured(`header ${name}: a line break, control character or non-Latin letter is in its value`);
}

/** `user:pass@` becomes a header, so that no later code sees it in the URL. */
function parseTarget(text: string): { url: URL; headers: Record<string, string> } {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/u.test(url.protocol)) throw misconfigured("the URL is not an http(s) URL");
  const authorization = authorizationOfUrl(url);
  return { url, headers: authorization === undefined ? {} : { authorization } };
}

function misconfigured(message: string): DeliveryError {
  return DeliveryError.broken("misconfigured", message);
}

/** Statuses whose answers have no body; `Response` refuses one. */
const BODILESS = new Set([204, 205, 304]);

function toFetch(request: HttpClient["request"]): typeof globalThis.fetch {
  return async (input, init = {}) => {
    if (input instanceof Request) throw new TypeError("fetch: a Request is not supported, pass the URL");
    const { status, headers, body, complete } = await request({
      url: String(input),
      method: init.method ?? "GET",
      headers: Object.fromEntries(new Headers(init.headers)),
      body: await bodyOf(init.body),
      signal: init.signal ?? new AbortController().signal,
    });
    if (BODILESS.has(status)) return new Response(null, { status, headers });
    return new Response(complete ? body : brokenStream(body), { status, headers });
  };
}

/** Reading the stream fails at its end, as with a broken connection. */
function brokenStream(text: string): ReadableStream {
  const chunks = [Buffer.from(text)];
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.pop();
      if (chunk === undefined || chunk.length === 0)
        controller.error(new TypeError("the answer was cut off"));
      else controller.enqueue(chunk);
    },
  });
}

async function bodyOf(body: RequestInit["body"]): Promise<string | Uint8Array> {
  if (body === undefined || body === null) return "";
  return typeof body === "string" ? body : await new Response(body).bytes();
}
