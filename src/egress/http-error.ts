import { TocsinError } from "../lib/errors.ts";
import { DeliveryError, type Failure, type FailureClass } from "./delivery-error.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { tlsProblem } from "./tls-problem.ts";

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
 * @param said A piece of the body, without secrets; "" for none.
 */
export function classifyStatus(
  status: number,
  headers: Readonly<Record<string, string>>,
  now: number,
  said = "",
): DeliveryError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const [failure, kind] = STATUSES.get(status) ?? byHundred(status);
  const retryAfterMs = kind === "transient" ? parseRetryAfter(headers["retry-after"], now) : undefined;
  const target = failure === "redirected" ? redirectWords(headers["location"]) : "";
  return DeliveryError[kind](failure, `the receiver answered ${status}${target}`, { retryAfterMs, said });
}

/** The host alone: path and query may be a secret. */
function redirectWords(location: string | undefined): string {
  if (location === undefined) return "";
  const host = URL.parse(location)?.host ?? "";
  const target = host === "" ? "another path of the same host" : host;
  return `: it redirects to ${target}, and redirects are not followed`;
}

function byHundred(status: number): readonly [Failure, FailureClass] {
  if (status >= 300 && status < 400) return ["redirected", "broken"];
  if (status >= 400 && status < 500) return ["rejected", "poison"];
  return ["server", "transient"];
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
 * @param part Named as what failed when nothing but a code is known.
 */
export function toDeliveryError(
  thrown: unknown,
  signal: AbortSignal,
  part: "request" | "connection" = "request",
): DeliveryError {
  if (thrown instanceof DeliveryError) return thrown;
  if (signal.aborted) return abortedError(signal);
  if (thrown instanceof TocsinError) {
    // Our own message about our own configuration, such as an unresolved secret.
    return DeliveryError.broken("misconfigured", thrown.message);
  }
  const proxyStatus = thrown instanceof Error ? PROXY_REFUSAL.exec(thrown.message)?.[1] : undefined;
  if (proxyStatus !== undefined) return proxyError(Number(proxyStatus));
  const code = codeOf(thrown);
  if (code === "") {
    const name = thrown instanceof Error ? thrown.name : typeof thrown;
    return DeliveryError.transient("unknown", `unexpected ${name}`);
  }
  if (TLS_CODE.test(code)) {
    return DeliveryError.broken(
      "tls",
      `${["TLS failed", tlsProblem(code)].filter(Boolean).join(": ")} (${code})`,
    );
  }
  const [failure, kind] = CODES.get(code) ?? ["network", "transient"];
  return DeliveryError[kind](failure, `the ${part} failed (${code})`);
}

/** Only undici's message has the proxy's answer to CONNECT, or that it wants credentials. */
const PROXY_REFUSAL = /^Proxy .*\((\d{3})\)/u;

/** Classifies the answer of a proxy to CONNECT, unless it is 200. */
export function proxyError(status: number): DeliveryError {
  const message = `the proxy answered ${status}`;
  return status >= 500
    ? DeliveryError.transient("network", message)
    : DeliveryError.broken("unauthorized", message);
}

/**
 * A signal that aborts without a reason of its own means "stop"; one with a reason, such as a TimeoutError, the
 * deadline.
 */
function abortedError(signal: AbortSignal): DeliveryError {
  const reason: unknown = signal.reason;
  if (reason instanceof DeliveryError) return reason;
  return reason instanceof Error && reason.name === "AbortError"
    ? DeliveryError.transient("cancelled", "the attempt was cancelled")
    : DeliveryError.transient("timeout", "no answer within the timeout");
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
