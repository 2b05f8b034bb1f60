import { DeliveryError } from "../../egress/index.ts";

/** Where a request goes, in the clear. */
export interface Target {
  readonly url: string;
  /** Further parameters of the query, such as a signature. */
  readonly query?: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further fields of the body, such as a signature or the id of a room. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** The way to a receiver, made once for a sink. */
export interface Connection {
  /**
   * Where the next request goes: asked for each, since secrets change and signatures age. It also throws what is wrong
   * with them.
   *
   * @param now Epoch milliseconds.
   * @param destination As `destinationOf` names it; "" for a sink with one, and for a probe.
   */
  readonly target: (now: number, destination: string) => Target;
  /**
   * Names the room in which the ids of messages are valid: a group whose room changes begins anew. Left out: the ids are
   * valid everywhere.
   */
  readonly room?: () => string;
  /**
   * Called for an answer that refuses; true: the target is another one now, so the same request is worth a second try.
   * Left out: never.
   *
   * @param json The body of the answer, parsed.
   */
  readonly learn?: (json: unknown) => boolean;
}

/** One request of a receiver: everything but the address and the credentials. */
export interface ChatCall {
  /** Left out: POST. */
  readonly method?: "POST" | "PUT" | "PATCH" | "DELETE";
  /** Added to the path of the target, with a slash before it. Left out: nothing. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body: object;
}

/**
 * The address of a request.
 *
 * @throws {DeliveryError} broken, without the URL, which may be a password.
 */
export function addressOf(target: Target, call: Pick<ChatCall, "path" | "query"> = {}): string {
  const url = URL.parse(target.url);
  if (url === null || !/^https?:$/u.test(url.protocol)) {
    throw DeliveryError.broken("misconfigured", "the URL is not an absolute https URL");
  }
  if (call.path !== undefined) url.pathname = url.pathname.replace(/\/$/u, "") + call.path;
  // The parameters that are there stay as they are: a signature may depend on each character.
  const added = Object.entries({ ...call.query, ...target.query }).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  if (added.length > 0) url.search = [url.search.slice(1), ...added].filter((part) => part !== "").join("&");
  return url.href;
}
