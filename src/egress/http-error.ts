import { TocsinError } from "../lib/errors.ts";
import { DeliveryError, type Failure, type FailureClass } from "./delivery-error.ts";

/** Longest Retry-After that is honoured: a typo of a receiver must not silence a sink for days. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;

/** Statuses with a class of their own (docs/design/delivery.md#http-answers); the others go by their hundred. */
const STATUSES: ReadonlyMap<number, readonly [Failure, FailureClass]> = new Map([
  [401, ["unauthorized", "broken"]],
  [403, ["unauthorized", "broken"]],
  [404, ["not-found", "broken"]],
  [407, ["unauthorized", "broken"]],
  [408, ["timeout", "transient"]],
  [410, ["gone", "broken"]],
  [413, ["too-large", "poison"]],
  [425, ["server", "transient"]],
  [429, ["rate-limited", "transient"]],
  [501, ["server", "broken"]],
  [505, ["server", "broken"]],
  [511, ["server", "broken"]],
]);

/**
 * Classifies an answer: undefined for 2xx, else the error to throw.
 *
 * @param headers Keyed in lower case. @param now Epoch milliseconds, for a Retry-After that is a date.
 */
export function classifyStatus(
  status: number,
  headers: Readonly<Record<string, string>>,
  now: number,
): DeliveryError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const [failure, kind] = STATUSES.get(status) ?? byHundred(status);
  return new DeliveryError(`the receiver answered ${status}`, {
    failure,
    class: kind,
    retryAfterMs: kind === "transient" ? parseRetryAfter(headers["retry-after"], now) : undefined,
  });
}

function byHundred(status: number): readonly [Failure, FailureClass] {
  if (status >= 300 && status < 400) return ["redirected", "broken"];
  if (status >= 400 && status < 500) return ["rejected", "poison"];
  return ["server", "transient"];
}

/**
 * Milliseconds of a Retry-After in seconds or as an HTTP date (RFC 9110 §10.2.3), at most 15 minutes; undefined when
 * it is missing or neither.
 *
 * @param now Epoch milliseconds.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const wait = /^\s*\d+(?:\.\d+)?\s*$/u.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, Math.ceil(wait)), LONGEST_RETRY_AFTER_MS);
}

/** Node's and OpenSSL's names for "I do not trust this certificate" and "this is not TLS as I know it". */
const TLS_CODE =
  /^(?:CERT_|CRL_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO$|UND_ERR_PRX_TLS)/u;

const CODES: ReadonlyMap<string, readonly [Failure, FailureClass]> = new Map([
  ["ETIMEDOUT", ["timeout", "transient"]],
  ["UND_ERR_CONNECT_TIMEOUT", ["timeout", "transient"]],
  ["UND_ERR_HEADERS_TIMEOUT", ["timeout", "transient"]],
  ["UND_ERR_BODY_TIMEOUT", ["timeout", "transient"]],
  ["UND_ERR_INVALID_ARG", ["misconfigured", "broken"]],
  ["UND_ERR_DESTROYED", ["cancelled", "transient"]],
  ["UND_ERR_CLOSED", ["cancelled", "transient"]],
]);

/**
 * Turns anything that an attempt threw into a DeliveryError. Foreign messages may hold URLs and headers, so only their
 * error code is kept, and no cause.
 *
 * @param signal The attempt's: once it has aborted, it is the reason of the end.
 */
export function toDeliveryError(thrown: unknown, signal: AbortSignal): DeliveryError {
  if (thrown instanceof DeliveryError) return thrown;
  if (signal.aborted) return abortedError(signal);
  if (thrown instanceof TocsinError) {
    // Our own message about our own configuration, such as an unresolved secret.
    return new DeliveryError(thrown.message, { failure: "misconfigured", class: "broken" });
  }
  const proxyStatus = thrown instanceof Error ? PROXY_REFUSAL.exec(thrown.message)?.[1] : undefined;
  if (proxyStatus !== undefined) return proxyError(Number(proxyStatus));
  const code = codeOf(thrown);
  if (code === "") {
    const name = thrown instanceof Error ? thrown.name : typeof thrown;
    return new DeliveryError(`unexpected ${name}`, { failure: "unknown", class: "transient" });
  }
  if (TLS_CODE.test(code)) {
    return new DeliveryError(`TLS failed (${code})`, { failure: "tls", class: "broken" });
  }
  const [failure, kind] = CODES.get(code) ?? ["network", "transient"];
  return new DeliveryError(`the request failed (${code})`, { failure, class: kind });
}

/** Only undici's message has the proxy's answer to CONNECT, or that it wants credentials. */
const PROXY_REFUSAL = /^Proxy .*\((\d{3})\)/u;

function proxyError(status: number): DeliveryError {
  const [failure, kind] =
    status >= 500 ? (["network", "transient"] as const) : (["unauthorized", "broken"] as const);
  return new DeliveryError(`the proxy answered ${status}`, { failure, class: kind });
}

/**
 * A signal that aborts without a reason of its own means "stop"; one with a reason, such as a TimeoutError, the
 * deadline.
 */
function abortedError(signal: AbortSignal): DeliveryError {
  const reason: unknown = signal.reason;
  if (reason instanceof DeliveryError) return reason;
  return reason instanceof Error && reason.name === "AbortError"
    ? new DeliveryError("the attempt was cancelled", { failure: "cancelled", class: "transient" })
    : new DeliveryError("no answer within the timeout", { failure: "timeout", class: "transient" });
}

/** The first code along the causes. */
function codeOf(thrown: unknown): string {
  let error: unknown = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    if ("code" in error && typeof error.code === "string" && error.code !== "") return error.code;
    error = error.cause;
  }
  return "";
}
