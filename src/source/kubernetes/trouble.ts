import { ApiError, ConnectionError } from "../../kube/index.ts";
import { errorText, hasCode } from "../../lib/errors.ts";
import { resourceWords, type Scope } from "./scope.ts";

/**
 * The kind of a failure of a list, a probe or a watch: `unreachable` no answer; `reset` the connection was cut; `quiet`
 * no bytes until the deadline; `gone` the position is compacted; `future` the position is ahead of the server; `busy`
 * come back later; `server` it cannot go on from here; `garbled` not a watch event; `unauthorized`, `forbidden`,
 * `missing`, `rejected` the server refuses the request itself; `credentials` there is nothing to send.
 */
export type TroubleKind =
  | "unreachable"
  | "reset"
  | "quiet"
  | "gone"
  | "future"
  | "busy"
  | "server"
  | "garbled"
  | "unauthorized"
  | "forbidden"
  | "missing"
  | "rejected"
  | "credentials";

/** A failure, sorted by the reaction to it. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly error: Error;
  /** The server's wish; 0 for none. */
  readonly retryAfterMs: number;
}

/** Sorts the error of a request. @param error Anything but an abort of the caller's. */
export function troubleOf(error: Error): Trouble {
  if (error instanceof ApiError) {
    return { kind: kindOfStatus(error), error, retryAfterMs: error.retryAfterMs ?? 0 };
  }
  if (!(error instanceof ConnectionError)) return { kind: "credentials", error, retryAfterMs: 0 };
  const isReset = error.midway || hasCode(error, CUT_CODES);
  return { kind: isReset ? "reset" : "unreachable", error, retryAfterMs: 0 };
}

/** A connection that was cut before the answer, by the names of Node and of undici. */
const CUT_CODES: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** Sorts a Status object inside a watch: there a 5xx says that this position is bad, not that the server is busy. */
export function troubleInStream(status: unknown): Trouble {
  const error = ApiError.from("watch", status, { status: 0, retryAfterMs: undefined });
  const { kind, retryAfterMs } = troubleOf(error);
  return { kind: kind === "busy" && error.status !== 429 ? "server" : kind, error, retryAfterMs };
}

/** Whether a server that does not say 410 may mean by it that it no longer has the position. */
export function canRefusePosition({ kind, error }: Trouble): boolean {
  if (kind === "busy") return !(error instanceof ApiError && error.status === 429);
  return kind === "reset" || kind === "quiet" || kind === "server" || kind === "garbled";
}

function kindOfStatus({ status, causes }: ApiError): TroubleKind {
  if (status === 504 && causes.includes("ResourceVersionTooLarge")) return "future";
  if (status === 429 || (status > 501 && status < 505)) return "busy";
  if (status >= 500) return "server";
  const refusals: Readonly<Record<number, TroubleKind>> = {
    401: "unauthorized",
    403: "forbidden",
    404: "missing",
    410: "gone",
  };
  return refusals[status] ?? "rejected";
}

/** The server ended a watch at once, cleanly. */
export const SHORT_WATCH: Trouble = {
  kind: "reset",
  error: new Error("the server ended the watch at once, without an event"),
  retryAfterMs: 0,
};

/** Problem and remedy, for the log and the health endpoint. The text is the same for every retry. */
export function troubleText(trouble: Trouble, verb: "list" | "watch", scope: Scope): string {
  const words: Readonly<Partial<Record<TroubleKind, string>>> = {
    forbidden: `403 forbidden: may not ${verb} ${resourceWords(scope)}: grant verbs list, watch on events`,
    missing:
      `404 not found: the server has no events in API group "${scope.group}": ` +
      `check the server address, or set kubernetes.api to ${scope.api === "core" ? "events" : "core"}`,
    unauthorized:
      "401 unauthorized: the API server does not accept the credentials: check token or client certificate",
  };
  return words[trouble.kind] ?? errorText(trouble.error);
}
